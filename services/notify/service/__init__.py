"""The entrypoints of notify's three roles."""
