"""Changes of what dispatch works by. Each takes its turn, so that what one refers to stays."""
