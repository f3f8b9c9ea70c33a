"""What every service and the gateway stand on. Knows none of them."""
