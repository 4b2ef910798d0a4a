"""Mails to mail servers.

mailer.py        one mail to whichever provider takes it
route.py         the way to one provider: kept connections, a breaker, rates
conversation.py  SMTP, over wire.py, on which no step takes for ever; replies.py, what a server means
mime.py          a mail as bytes; dkim.py, signed
addresses.py     what may be an address; providers.py, what SMTP_URL says; errors.py
"""

from emails.smtp.dkim import Signer
from emails.smtp.errors import InDoubt, NotItsTurn, Refused
from emails.smtp.mailer import Handed, Mailer
from emails.smtp.providers import Provider

__all__ = ["Handed", "InDoubt", "Mailer", "NotItsTurn", "Provider", "Refused", "Signer"]
