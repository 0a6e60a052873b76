"""Entities of the people plugin."""
