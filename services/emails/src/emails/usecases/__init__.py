"""What emails does. Each function gets a transaction and leaves the commit to its caller.

letters.py    a receipt, a notice, a report: written, intended, sent
campaigns.py  many mails of one kind
outcomes.py   what became of a mail, told to whoever listens
pushes.py     the same for browsers
people.py     what people want, what is known of them, and how it is forgotten
"""
