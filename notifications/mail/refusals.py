"""What may become of handing a message to a mail server, and whether trying again helps."""


class MailError(Exception):
    """A message was not accepted. Its text carries no address and no words of the server."""


class TransientMailError(MailError):
    """Trying again later may help."""


class ServerAway(TransientMailError):
    """The server is away, or takes no mail from anyone right now; it did not keep this one."""


class Unreachable(ServerAway):
    """There is no server: this says nothing about the mail or its reader."""


class RecipientRefused(MailError):
    """The server says that the recipient's mailbox is the reason: an unknown or closed one."""


class NoAddress(RecipientRefused):
    """This text is no address that anyone can mail to, whatever the server says."""


class RelayRefused(MailError):
    """The reason is ours or the server's: trying again helps once someone has corrected it."""
