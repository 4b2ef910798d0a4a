"""What reports has beside the commands of every service."""
