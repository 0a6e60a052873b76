"""Pages of the finance plugin."""
