"""One reader for each role: what its fields mean."""
