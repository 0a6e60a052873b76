"""Customers, contacts, opportunities and activities: the CRM plugin of Weft."""
