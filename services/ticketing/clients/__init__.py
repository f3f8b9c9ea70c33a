"""What lies outside: the library that paints thumbnails."""
