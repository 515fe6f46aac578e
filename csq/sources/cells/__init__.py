"""Cells of text to values, a column at a time."""
