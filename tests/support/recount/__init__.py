"""Figures by a plain count over complete lists of events: slow, and meant to be plainly right.

Written from docs/definitions.md alone; each figure looks at whole lives again. Nothing is shared
with reporting but the words for metrics and dimensions.
"""
