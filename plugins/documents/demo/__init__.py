"""The documents of the demo company."""
