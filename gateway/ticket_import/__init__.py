"""Tickets from a spreadsheet: read and judged row by row, then registered one after another.

The gateway alone asks services, so its own job does the work: for each row a customer is found or
registered at intake, and a ticket at ticketing, by command ids made of the import and the row. A
row that is done again after a crash is answered with what was stored.
"""
