"""Reads, in the shapes that REST shows. Nothing here writes."""
