"""What is done with announcements, news and messages."""
