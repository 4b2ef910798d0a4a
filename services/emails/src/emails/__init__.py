"""Notifications: turns what happens in the mesh into mails, and announces that they went out."""
