"""A mail server that keeps what it is sent and shows it, through Mailpit's API and on a page of its own."""
