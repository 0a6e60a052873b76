"""Service: requests of customers, agreements, satisfaction."""
