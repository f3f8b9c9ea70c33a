"""Tables of reporting, and the statements that write them."""
