"""Reading mail as it really comes: wrong charsets, broken MIME, quoted conversations, robots."""
