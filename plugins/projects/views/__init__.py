"""Pages, lists and navigation of the projects plugin."""
