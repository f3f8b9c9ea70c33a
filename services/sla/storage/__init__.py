"""Tables, finders and batch writes; nothing here knows a rule."""
