"""The usage log reduced to small tables: the one place where the data may be huge."""
