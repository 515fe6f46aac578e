"""Whose a row is, and which rows say the same."""
