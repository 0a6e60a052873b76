"""The service plugin's part of the demo company."""
