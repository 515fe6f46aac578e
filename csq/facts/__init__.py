"""One row per account: what is known, measured and counted; nothing is judged here."""
