"""Announcements, news and messages: the communication plugin of Weft."""
