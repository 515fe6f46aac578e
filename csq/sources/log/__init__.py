"""Usage logs that are too big to be held: counted as they are read."""
