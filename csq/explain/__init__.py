"""One account: everything behind its place and its play, so that a person could redo it."""
