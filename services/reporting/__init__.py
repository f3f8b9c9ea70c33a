"""Owns figures: facts built from events alone, folded into what reports count.

Keeps an archive of the public events that it consumes, from which everything can be built anew.
"""
