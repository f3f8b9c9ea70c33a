"""质检: its tables, and how its rows are found and kept."""
