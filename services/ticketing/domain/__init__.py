"""The rules of a ticket's life: plain Python, told who acts, when, and with which identifiers."""
