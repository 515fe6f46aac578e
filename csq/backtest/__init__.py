"""Placement held against what customers decided later. Pure: tables in, values out."""
