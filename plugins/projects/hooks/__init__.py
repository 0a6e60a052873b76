"""Checks and completions before a write of the projects plugin."""
