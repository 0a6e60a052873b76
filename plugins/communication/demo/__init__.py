"""The plugin's part of the demo company."""
