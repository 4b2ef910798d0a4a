"""The SQL of orders, by noun; nowhere else is any."""
