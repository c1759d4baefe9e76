"""What one can do, service by service."""
