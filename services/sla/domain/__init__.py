"""Clocks: pure arithmetic over a ticket's facts, policies and calendars.

`fold` makes clocks of facts; `steps_due` and `next_step_at` say what to tell on the way;
`explain` accounts for every second.
"""
