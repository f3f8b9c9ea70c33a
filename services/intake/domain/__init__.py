"""What a message says and where it belongs: plain rules that know neither database nor bus."""
