"""Background work of the service plugin."""
