"""What intake does, one transaction each."""
