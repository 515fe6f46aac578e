"""csq: usage-by-happiness triage of customer accounts, weighted by contract value."""

__version__ = "0.1.0"
