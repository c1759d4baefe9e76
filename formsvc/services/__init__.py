"""What people do here, in the order in which it happens; whoever calls commits once."""
