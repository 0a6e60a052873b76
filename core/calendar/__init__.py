"""Calendars: entries of all sources, repetitions, reminders, feeds and calendar files."""
