"""One transaction each: what is done, what is told, what is found by it."""
