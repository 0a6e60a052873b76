"""Pages, lists and navigation of the service plugin."""
