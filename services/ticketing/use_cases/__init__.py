"""The steps of each change: find, let the domain decide, keep. The shell commits."""
