"""A usage log kept as counts of its days: how they are made of logs, where they lie, and how they are read again."""
