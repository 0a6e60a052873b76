"""Entities of the workflow plugin."""
