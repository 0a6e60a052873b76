"""Background work of the workflow plugin."""
