"""Who is told what, where it goes and how the mail reads: plain rules, no I/O."""
