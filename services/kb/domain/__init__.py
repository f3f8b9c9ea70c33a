"""What an article is, how a version gets before its readers, and what is found first."""
