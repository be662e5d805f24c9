"""What must hold about everybody who is asked something: checked as it happens."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from casebook import group_sessions
from demo.mailbox import StoredMessage
from engine.engine import Engine
from invitations.model import Answer, Kind
from invitations.nomination import document as nomination
from invitations.outreach import member_document
from invitations.training import Place
from invitations.training import document as place_of
from lib.addresses import canonical
from store.cases import StoredCase
from store.invitations import asked as stored_asked
from store.invitations.asked import StoredInvitation
from store.outbox import Outgoing
from tests import disk
from tests.simulation.life import gathering
from tests.simulation.life.besides import Besides
from tests.simulation.life.book import (
    AFTER_GROUP_SESSION,
    AFTER_SESSION,
    ANSWER_WITHIN,
    KEPT,
    LAST_MAIL,
    LISTED,
    MOST_MAILS,
    Asked,
    Book,
)
from tests.simulation.life.colleagues import Colleague, Colleagues
from tests.world import LINK, Page

SEEN = "select count(*), coalesce(max(id), 0), coalesce(sum(revision), 0) from invitations"
#: By the e-mail that asks, what is asked.
ASKS = {
    "nominated": Kind.NOMINATION, "training_invited": Kind.TRAINING, "referred": Kind.REFERRAL,
    "outreach_offered": Kind.OUTREACH, "group_session_invited": Kind.GROUP_SESSION,
    "referral_unusable": Kind.REFERRER,
}  # fmt: skip
#: Nobody gets more mails in 24 hours about what they are asked: a welcome, two sessions, two seats,
#: and after each no the next session.
MOST_A_DAY = 12
#: A worry, the request that may follow, and until it is forgotten.
WORRIED = timedelta(days=200)
#: Where somebody may be named to others, and only after a yes.
PLACES = {"/nominees": Kind.NOMINATION, "/trainings": Kind.TRAINING, "/newcomers": Kind.NOMINATION}


@dataclass
class Left:
    """What the disk held of somebody who was asked; see Record, which has the same names."""

    traces: set[bytes] = field(default_factory=set)
    gone_at: datetime | None = None


@dataclass
class Watch:
    """Compares what the service holds, mails and shows with the simulation's own account."""

    book: Book
    colleagues: Colleagues
    #: Supporters from the beginning, who need no training of ours.
    founders: set[str]
    besides: Besides
    links: dict[str, int] = field(default_factory=dict)
    left: dict[int, Left] = field(default_factory=dict)
    #: Who was mailed when about what they are asked.
    mailed: list[tuple[datetime, str]] = field(default_factory=list)
    most_a_day: int = 0
    may_support: set[str] = field(default_factory=set)
    #: The addresses of whoever is a supporter.
    listed: set[str] = field(default_factory=set)
    #: The same of whoever ever was one: other people's requests and forms may hold them.
    ever_listed: set[str] = field(default_factory=set)
    #: Name and address of everyone on our lists, by id.
    ours: dict[str, tuple[str, str]] = field(default_factory=dict)
    _seen: object = None
    _files: str = ""

    # After every event

    def wrong(self, engine: Engine, now: datetime, changed: list[StoredCase], worked: bool) -> str:
        """Return what is wrong with what the service holds; "" if nothing is."""
        return (
            self._about_files(engine)
            or self._about_rows(engine, now)
            or self._about_offers(changed)
            or (self._about_time(now) if worked else "")
        )

    def _about_files(self, engine: Engine) -> str:
        """Nobody is on the roster who did not complete the training."""
        if engine.program.fingerprint == self._files:
            return ""
        self._files = engine.program.fingerprint
        self.listed = {one.email for one in engine.program.supporters.values()}
        self.ever_listed |= self.listed
        listed = engine.program.people | engine.program.supporters
        self.ours |= {id: (one.name, one.email) for id, one in listed.items()}
        for one in engine.program.supporters.values():
            if one.id not in self.founders and not self.book.is_trained(one.email):
                return f"{one.id} can be asked, and completed no training"
            self.may_support.add(one.id)
            for nominee in self.book.of(one.email, Kind.NOMINATION):
                nominee.may_go = True
        return ""

    def _about_rows(self, engine: Engine, now: datetime) -> str:
        db = engine.store.read()
        seen = db.execute(SEEN).fetchone()
        if seen == self._seen:
            return ""
        self._seen, rows = seen, _rows(engine)
        for id, left in self.left.items():
            if left.gone_at is None and id not in rows:
                left.gone_at = now
                one = self.book.asked.pop(id)
                if self.book.must_stay(one, now) and not self._may_vanish(engine, one):
                    return f"What {one.address} was asked ({one.kind}) is lost"
        for id, stored in rows.items():
            sealed = db.execute("select detail from invitations where id = ?", [id]).fetchone()
            self.left.setdefault(id, Left()).traces |= disk.traces_in(sealed[0].encode())
            if id not in self.book.asked:
                problem = self.book.begin(_asked(engine, stored, now), engine.program.today(now))
                if problem:
                    return f"{stored.invitation.address} {problem}"
        return _about_seats(engine, rows) or self._about_places(engine, rows)

    def _may_vanish(self, engine: Engine, one: Asked) -> bool:
        """Tell whether a place at a session goes because of who it is for."""
        if one.kind is not Kind.TRAINING:
            return False
        if " " not in one.who:
            return one.who not in engine.program.listed
        nominee = self.book.nominee(one.who)
        return nominee is None or nominee.answer is not Answer.YES or nominee.is_declined

    def _about_places(self, engine: Engine, rows: dict[int, StoredInvitation]) -> str:
        """Only who was invited to a training, or needs a refresher, is asked to a session."""
        for id, stored in rows.items():
            if stored.invitation.kind is not Kind.TRAINING:
                continue
            who = self.book.asked[id].who
            nominee = self.book.nominee(who)
            is_known = " " in who or who in engine.program.listed
            if not (nominee.is_invited if nominee else is_known):
                return f"{who} is asked to a session, and no coordinator invited them"
        return ""

    def _about_offers(self, changed: list[StoredCase]) -> str:
        """Nobody is matched who did not complete the training."""
        asked = {offer.supporter for stored in changed for offer in stored.case.offers}
        strangers = asked - self.may_support
        return f"{strangers} did not complete a training and are asked" if strangers else ""

    def _about_time(self, now: datetime) -> str:
        for one in self.book.asked.values():
            if self.book.is_over(one, now):
                return f"What {one.address} was asked ({one.kind}) is not forgotten"
        return self.besides.overdue(self.listed)

    def asked_by(self, link: str) -> Asked | None:
        """Return what the link of a mail asks, if it is still open."""
        return self.book.asked.get(self.links.get(link, 0))

    def texts(self, now: datetime) -> tuple[set[str], set[str]]:
        """Return names and addresses: those that may be known by now, and those that may not."""
        several = self.colleagues.by_email.values()
        known = [one for one in several if one.email not in self.ever_listed]
        here = {one.address for one in self.book.asked.values()}
        kept = {text for one in known if one.email in here for text in (one.name, one.email)}
        # A supporter may be asked to a training after their own request is forgotten.
        kept |= here | {name for name, email in self.ours.values() if email in here}
        # One of ours who worried about a colleague is named with what came of it.
        kept |= {text for id in self._worried_since(now - WORRIED) for text in self.ours[id]}
        return kept, {text for one in known for text in (one.name, one.email)} - kept

    def _worried_since(self, moment: datetime) -> set[str]:
        worries = (worry for one in self.colleagues.by_email.values() for worry in one.worried)
        return {by for at, by in worries if at >= moment and by in self.ours}

    # Mail

    def wrong_mail(self, mail: StoredMessage, queued: Outgoing | None, now: datetime) -> str:
        """Return what is wrong with a mail; "" if nothing is."""
        address = mail.recipients[0]
        words = f"{mail.subject}\n{mail.text}\n{mail.html}"
        if told := next(self._told(words), None):
            return f"A mail to {address} tells {told}"
        if queued is None:
            return ""
        if queued.email == "files_wrong":
            return f"An admin of ours made a mistake in the files: {mail.text}"
        if not stored_asked.is_invited(queued.person):
            return self.besides.wrong_mail(address, words, queued) or gathering.wrong_mail(
                self.book, address, words, queued, now
            )
        id = int(queued.person.rpartition(" ")[2])
        self.links |= dict.fromkeys(LINK.findall(mail.text), id)
        one = self.book.asked.get(id)
        if one is None:
            return f"A mail to {address} about what is forgotten" if id not in self.left else ""
        return gathering.wrong_news(self.book, one, queued) or self._about_mail(
            one, queued, address, now
        )

    def _about_mail(self, one: Asked, queued: Outgoing, address: str, now: datetime) -> str:
        self.mailed = [(at, to) for at, to in self.mailed if now - at < timedelta(days=1)]
        self.mailed.append((now, address))
        number = Counter(to for _, to in self.mailed)[address]
        self.most_a_day = max(self.most_a_day, number)
        one.mails[queued.subject] += queued.subject != "fresh"
        if canonical(address) != canonical(one.address):
            return f"{address} is mailed what {one.address} is asked"
        has_seat = one.answer is Answer.YES
        if (one.kind, canonical(address)) in self.book.never and not has_seat:
            return f"{address} is mailed after “never again”"
        if number > MOST_A_DAY:
            return f"{address} got {number} mails in a day"
        if one.mails.total() > MOST_MAILS[one.kind] or max(one.mails.values()) > 3:
            return f"{address} got {one.mails} about one {one.kind}"
        if ASKS.get(queued.email) and queued.subject == "again" and one.answer is not Answer.NONE:
            return f"{address} is reminded of what they answered"
        return ""

    def _told(self, words: str) -> Iterator[str]:
        """Yield names and addresses of whoever is asked something, and who thought of them."""
        for one in self.hidden():
            thinking = (by for by, _ in one.named_by)
            worried = (by for _, by in one.worried if " " in by)
            secrets = (one.name, one.email, *thinking, *worried)
            yield from (text for text in secrets if text in words)

    # Pages

    def wrong_page(self, address: str, page: Page) -> str:
        """Return whom a page shows to somebody who must not learn of it; "" if nobody."""
        path, html = urlsplit(page.answer.url).path, page.answer.text
        for one in self.hidden():
            for secret in (one.name, one.email):
                if secret in html and not self._may_show(one, path, address):
                    return f"{path} shows {secret} to {address}"
        if path == "/nominees":
            silent = {by for one in self.hidden() for by, may_name in one.named_by if not may_name}
            open_ones = {by for one in self.hidden() for by, may_name in one.named_by if may_name}
            if shown := {by for by in silent - open_ones if by in html}:
                return f"{path} shows who nominated: {shown}"
        return ""

    def hidden(self) -> list[Colleague]:
        """Return everybody who is asked something, and is no supporter."""
        known = self.colleagues.by_email
        open_ones = {one.address for one in self.book.asked.values() if one.address in known}
        return [known[address] for address in sorted(open_ones - self.listed)]

    def _may_show(self, one: Colleague, path: str, address: str) -> bool:
        kind = PLACES.get(path)
        if one.has_asked and path.startswith("/page/"):
            return True  # As a requester, whom other checks are about.
        if path == "/invitation" or kind is None:
            return path == "/invitation" and canonical(address) == canonical(one.email)
        theirs = self.book.of(one.email, kind)
        return any(x.is_doubted or x.answer is Answer.YES for x in theirs)


def _rows(engine: Engine) -> dict[int, StoredInvitation]:
    db = engine.store.read()
    found = [one for kind in Kind for one in stored_asked.of_kind(db, kind)]
    return {one.id: one for one in found}


def _asked(engine: Engine, stored: StoredInvitation, now: datetime) -> Asked:
    """Return what is new, with its end as documents promise it."""
    one = stored.invitation
    made = Asked(stored.id, one.kind, one.address or one.name, now, now + ANSWER_WITHIN)
    if one.kind is Kind.NOMINATION and nomination.read(one.about).doubt is not None:
        made.is_doubted, made.ends = True, now + KEPT
    elif one.kind is Kind.OUTREACH:
        made.session = member_document.read(one.about).group
    elif one.kind is Kind.GROUP_SESSION:
        member = member_document.read(one.about)
        made.session = f"{member.session}/{member.group}"
        session = group_sessions.session_for(engine.casebook, one)
        assert session is not None
        made.ends, made.counts_at = session.ends_at + AFTER_GROUP_SESSION, session.counts_at
    elif one.kind is Kind.REFERRER:
        made.ends = now + LAST_MAIL
    elif one.kind is Kind.GROUP:
        made.ends += LISTED
    elif one.kind is Kind.TRAINING:
        place = place_of.read(one.about)
        made.session, made.who = place.session, place.who
        made.ends = engine.program.sessions[place.session].ends_at + AFTER_SESSION
    return made


def _about_seats(engine: Engine, rows: dict[int, StoredInvitation]) -> str:
    """Never more people have a seat than there are seats."""
    places: list[Place] = [
        place_of.read(one.invitation.about)
        for one in rows.values()
        if one.invitation.kind is Kind.TRAINING
    ]
    taken = Counter(place.session for place in places if place.has_seat)
    for id, number in taken.items():
        session = engine.program.sessions.get(id)
        if session is not None and number > session.seats:
            return f"{number} people have {session.seats} seats of {id}"
    return ""
