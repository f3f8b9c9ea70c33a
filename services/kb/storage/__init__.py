"""The tables, by plain SQL."""
