"""What people and the service itself do here, one act a function; whoever calls commits once."""
