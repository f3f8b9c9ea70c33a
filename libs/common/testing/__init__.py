"""Support for tests with real servers and real processes. Production code never imports it."""
