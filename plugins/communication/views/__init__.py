"""Pages of announcements, news and messages."""
