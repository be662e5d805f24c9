"""The tokens of mailed links: made from the mail that carries them, and read despite damage."""

import base64
import hashlib
import hmac
import re

from store.access.links import Link

#: Pages that a link without a case opens.
ME, BOARD = "me", "board"
#: The board too, by a mail that its reader did not ask for, and may have passed on.
DIGEST = "digest"
#: One's own page, by such a mail: it shows only what the mail is about.
MAILED = "mailed"
#: For people who delete in Qualtrics by hand; in a link of the role ADMIN, in the place of files.
COPIES = "copies"
#: For admins who add newcomers to the roster; in the same place.
NEWCOMERS = "newcomers"
#: For leaders of a training's sessions; in the same place.
TRAININGS = "trainings"
#: Keeps these tokens apart from whatever else the key signs.
PURPOSE = "mailed link, 2"
LENGTH = 43
NOT_OURS = re.compile(r"[^A-Za-z0-9_-]")


def token(key: str, message_id: str, link: Link, address: str) -> str:
    """Return the token of a link: the same one whenever its mail is rendered for this address.

    Only who has the key can make it, so that it need not rest anywhere. A mail that is tried again
    at another address carries another one, which its first reader never saw.
    """
    grant = (link.person, link.role, link.case_id or "", link.offer or "", link.page, address)
    text = "\x00".join(map(str, (PURPOSE, message_id, *grant)))
    made = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def repaired(text: str) -> str:
    """Return a token without what mail programs add or break it with: dots, brackets, blanks."""
    return NOT_OURS.sub("", text)[:LENGTH]
