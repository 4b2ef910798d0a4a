"""What orders does. Each function gets a transaction and leaves the commit to its caller."""
