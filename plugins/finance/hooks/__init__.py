"""Checks and completions before a write of the finance plugin."""
