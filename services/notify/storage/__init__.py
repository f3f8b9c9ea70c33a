"""The tables and how they are read and written; contents and addresses are sealed here."""
