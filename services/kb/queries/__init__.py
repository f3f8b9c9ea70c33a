"""Reads: what is found, what is shown, what is counted. Nothing here writes."""
