"""Vehicles: the sample plugin."""
