"""How people reach the service: its address, the links in mails, and who answers mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from notifications.mail.catalog import EMAILS
from notifications.mail.links import BOARD, ME, Link, sign
from notifications.mail.properties import Leads
from program import Program
from store.outbox import REQUESTER, Outgoing
from workflow.model import Role

#: Life of a link in a daily mail: until the next ones have arrived.
SHORT_LIFE = timedelta(days=3)


@dataclass(frozen=True)
class ServiceAddress:
    """The address of the service, the keys that sign its links, and who answers mail."""

    base_url: str
    link_keys: tuple[str, ...]
    reply_to: str

    @property
    def mail_domain(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"

    def link(self, link: Link) -> str:
        """Return the signed address of a link."""
        return f"{self.base_url}/open/{sign(link, self.link_keys)}"

    def link_to_case(self, program: Program, mail: Outgoing, reference: str, now: datetime) -> str:
        """Return the link to the page of a case."""
        expires_at = now + program.times.link_life
        person = "" if mail.role == REQUESTER else mail.person
        offer = mail.offer if mail.role == Role.SUPPORTER else None
        return self.link(Link(person, Role(mail.role), reference, offer, expires_at))

    def link_to_own_page(self, program: Program, mail: Outgoing, now: datetime) -> str:
        """Return the link to somebody's own page or the board, which names no case."""
        is_reviewer = mail.person in program.all_reviewers
        if not is_reviewer and mail.person not in program.supporters:
            return ""
        email, life = EMAILS[mail.email], program.times.link_life
        page = BOARD if is_reviewer and email.leads is Leads.BOARD else ME
        role = Role.REVIEWER if is_reviewer else Role.SUPPORTER
        expires_at = now + (min(life, SHORT_LIFE) if email.has_short_link else life)
        return self.link(Link(mail.person, role, "", None, expires_at, page))

    def link_to_files(
        self, program: Program, mail: Outgoing, fingerprint: str, now: datetime
    ) -> str:
        """Return the link to the page on which an admin confirms a version of the files."""
        expires_at = now + program.times.link_life
        return self.link(Link(mail.person, Role.ADMIN, "", None, expires_at, fingerprint))
