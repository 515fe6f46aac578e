"""What people say became of the planned steps: read back from where they tick, and laid out as events."""
