"""The world and the hands of the story that goes through all plugins."""
