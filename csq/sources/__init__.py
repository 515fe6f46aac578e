"""From files to typed tables and rejects: the only room that opens an input."""
