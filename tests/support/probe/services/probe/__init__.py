"""A service for the tests of the bus: counts what reaches it and tells it on."""
