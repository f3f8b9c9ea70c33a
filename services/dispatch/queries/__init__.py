"""What is read: views with the shapes of REST."""
