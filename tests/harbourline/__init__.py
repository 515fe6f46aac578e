"""Harbourline, the invented vendor whose exports are csq's sample data."""
