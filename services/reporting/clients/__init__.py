"""Files that spreadsheets open: workbooks with charts, lines of comma-separated values."""
