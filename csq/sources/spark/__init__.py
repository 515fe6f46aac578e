"""Logs that lie where a Spark Connect server reads them: counted there, kept here."""
