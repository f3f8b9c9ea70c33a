"""The shapes of the REST contract, by resource: what is taken, what is answered."""
