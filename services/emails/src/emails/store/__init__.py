"""The SQL of emails, by noun: mails.py, people.py, campaigns.py, subscriptions.py."""
