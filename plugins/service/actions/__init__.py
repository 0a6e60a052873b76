"""Named operations of the service plugin."""
