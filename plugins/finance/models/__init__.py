"""Entities of the finance plugin."""
