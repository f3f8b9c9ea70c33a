"""Tables, the mapping of tickets onto them, and finders."""
