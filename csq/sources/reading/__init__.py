"""Bytes to tables of text, each repair told."""
