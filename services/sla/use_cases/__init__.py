"""The steps of each change: lock, fold, tell, keep. The shell commits."""
