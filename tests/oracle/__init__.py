"""csq once more, in plain Python and from its documents alone, to be held against the real one."""
