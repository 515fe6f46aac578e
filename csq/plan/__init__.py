"""What to do: each account's play, its next step, its risks and its place in the order of work."""
