"""Who gets a ticket, and why: plain rules, told the time."""
