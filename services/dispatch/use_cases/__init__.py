"""What dispatch does: one transaction each."""
