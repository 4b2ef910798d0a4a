"""What handing a mail over may come to, beside that it was taken.

mesh.Retry          the server cannot take this mail now: greylisted, mailbox full
Refused             nobody will ever take this mail
mesh.Unavailable    no provider can be reached now, or it is not this mail's turn
InDoubt             the server may have it
Outage              within this package: a provider cannot, whatever the mail; another one may
Busy                within this package: a provider takes no more of us at this moment
Unfit               within this package: this provider can never take this mail; another one may
"""

from mesh import MeshError, Reject, Unavailable


class Refused(Reject):
    """This mail will never be taken."""

    def __init__(self, reason: str, *, no_mailbox: bool = False) -> None:
        """`no_mailbox`: a server has said that there is nobody of that address."""
        super().__init__(reason)
        self.no_mailbox = no_mailbox


class InDoubt(MeshError):
    """The mail was sent to its end, and nobody has said whether it was taken."""


class NotItsTurn(Unavailable):
    """As many mails go out as may: nothing is wrong."""


class Unfit(Refused):
    """A server does not offer what this mail needs: characters in its address, or its size."""


class Outage(Exception):
    """Nothing was handed over, for a reason that is not the mail's."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        """`lasting`: it will not go away by itself, such as a wrong password."""
        super().__init__(reason)
        self.lasting = lasting


class Slow(Outage):
    """A large mail was not sent in time: it may be the mail's fault after all."""


class Busy(Exception):
    """All connections that a provider allows are in use."""
