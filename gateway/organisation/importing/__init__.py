"""Many accounts from a spreadsheet: read, planned row by row, and carried out as one change."""
