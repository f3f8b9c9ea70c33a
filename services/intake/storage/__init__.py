"""The tables, and how they are read and written; contact data and raw messages are sealed here."""
