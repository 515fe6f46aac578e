"""Which header is which field, and what a column measures."""
