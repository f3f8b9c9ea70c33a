"""Reads: lists, pages and counts, in the shapes that REST shows. Nothing here writes."""
