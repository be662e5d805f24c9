"""How people reach the service: its address, the links in mails, and who answers mail."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from lib.secrets import one_time
from notifications.mail.catalog import EMAILS
from notifications.mail.links import BOARD, DIGEST, MAILED, ME, token
from notifications.mail.properties import Leads
from program import Program
from program.checks import LONGEST_LINK_LIFE
from store.access.links import Link
from store.outbox import REQUESTER, Outgoing
from workflow.model import Role
from workflow.reports.feedback import PURPOSE, valid_until

#: Life of a link in a daily mail: until the next ones have arrived.
SHORT_LIFE = timedelta(days=3)


@dataclass(frozen=True)
class ServiceAddress:
    """The address of the service, the key that makes its links, and who answers mail."""

    base_url: str
    link_key: str = field(repr=False)
    reply_to: str

    @property
    def mail_domain(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"


@dataclass(frozen=True)
class Linker:
    """Makes the links of one mail, and keeps what each token grants."""

    service: ServiceAddress
    program: Program
    now: datetime
    #: Where the mail goes.
    address: str
    #: Made of SECRET_KEY and of what only the database has, so that neither is enough.
    key: str = field(repr=False)
    granted: dict[str, Link] = field(default_factory=dict)

    def to_case(self, mail: Outgoing, case_id: int) -> str:
        """Return the address of the page of a case."""
        person = "" if mail.role == REQUESTER else mail.person
        is_confirmation = EMAILS[mail.email].leads is Leads.CONFIRMATION
        is_of_one = mail.role in (Role.SUPPORTER, Role.PARTNER)
        offer = mail.offer if is_of_one or is_confirmation else None
        return self._to(mail, Link(person, Role(mail.role), case_id, offer, self._until()))

    def to_feedback(self, keyed_hash: Callable[..., str]) -> str:
        """Return an address for saying how it was; we keep nothing of it.

        So a mail that is tried again has another one, and a person may answer twice.
        """
        until = valid_until(self.program.today(self.now))
        nonce = secrets.token_bytes(one_time.NONCE)
        token = one_time.made(nonce, until, lambda text: keyed_hash(PURPOSE, text))
        return f"{self.service.base_url}/open/{token}"

    def to_own_page(self, mail: Outgoing) -> str:
        """Return the address of someone's own page or the board, which names no case."""
        is_reviewer = mail.person in self.program.all_reviewers
        if not is_reviewer and mail.person not in self.program.supporters:
            return ""
        email, page = EMAILS[mail.email], ME
        if is_reviewer and email.leads is Leads.BOARD:
            page = DIGEST if email.has_short_link else BOARD
        elif email.leads is Leads.OWN_PAGE:
            page = MAILED
        role = Role.REVIEWER if is_reviewer else Role.SUPPORTER
        until = self._until(SHORT_LIFE if email.has_short_link else LONGEST_LINK_LIFE)
        return self._to(mail, Link(mail.person, role, None, None, until, page))

    def to_files(self, mail: Outgoing, fingerprint: str) -> str:
        """Return the address of the page on which an admin confirms a version of the files."""
        return self._to(mail, Link(mail.person, Role.ADMIN, None, None, self._until(), fingerprint))

    def to_invitation(self, mail: Outgoing) -> str:
        """Return the address of the page on which someone answers what we ask them."""
        return self._to(mail, Link(mail.person, Role.INVITED, None, None, self._until()))

    def _until(self, life: timedelta = LONGEST_LINK_LIFE) -> datetime:
        return self.now + min(life, self.program.times.link_life)

    def _to(self, mail: Outgoing, link: Link) -> str:
        made = token(self.key, mail.message_id, link, self.address)
        self.granted[made] = link
        return f"{self.service.base_url}/open/{made}"
