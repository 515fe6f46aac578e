"""Which file of a folder plays which role, and why."""
