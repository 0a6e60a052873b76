"""Background work of the projects plugin."""
