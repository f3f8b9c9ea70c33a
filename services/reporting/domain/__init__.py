"""From a ticket's facts to what is counted of it, and from counts to metrics.

Words are those of docs/definitions.md, section "Figures".
"""
