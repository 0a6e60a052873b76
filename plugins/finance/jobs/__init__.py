"""Background work of the finance plugin."""
