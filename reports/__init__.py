"""Counts for maps and managers."""
