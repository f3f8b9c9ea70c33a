"""The tables and what is read and written there."""
