"""What a request takes from an invitation: who must stay out of it, and after which event it is."""

from collections.abc import Iterable
from dataclasses import replace

from invitations import outreach, referral
from invitations.model import Kind
from people.records import Identity, Referrer
from store.database import Database
from store.invitations import asked
from store.invitations.asked import StoredInvitation


def joined(db: Database, identity: Identity, token: str) -> Identity:
    """Return a requester with what their invitations say: found by the form's link and the address.

    The link brings it along when they give us another address. Then one referrer counts, and only
    as a supporter: people can pass the link on, and would choose who reviews strangers' requests.
    """
    known = _referrals_of(db, identity)
    invited = asked.find(db, asked.person_of(db, token)) if token else None
    identity = with_referrers(db, identity)
    if invited is not None and _is_referral(invited) and invited not in known:
        identity = _and(identity, _by_link(invited))
    both = (invited, *asked.of_address(db, identity.email))
    groups = (
        outreach.member_document.read(one.invitation.about).group
        if one.invitation.kind is Kind.OUTREACH
        else one.person
        for one in both
        if one is not None and one.invitation.kind in (Kind.OUTREACH, Kind.GROUP)
    )
    return replace(identity, outreach=next(groups, ""))


def with_referrers(db: Database, identity: Identity) -> Identity:
    """Return a requester with everyone who referred any address of theirs, and no one less.

    Each address that they may have meant counts: until a reviewer said which one it is, the
    referrer would read the request, and might be the one who is asked.
    """
    found = (one for invited in _referrals_of(db, identity) for one in _referrers(invited))
    return _and(identity, found)


def _referrals_of(db: Database, identity: Identity) -> list[StoredInvitation]:
    addresses = (identity.email, *identity.email_choices, *identity.former_contacts)
    found = (one for address in addresses for one in asked.of_address(db, address))
    return list({one.id: one for one in found if _is_referral(one)}.values())


def _is_referral(invited: StoredInvitation) -> bool:
    return invited.invitation.kind is Kind.REFERRAL


def _and(identity: Identity, referrers: Iterable[Referrer]) -> Identity:
    return replace(identity, referrers=tuple(dict.fromkeys((*identity.referrers, *referrers))))


def _referrers(invited: StoredInvitation) -> tuple[Referrer, ...]:
    return referral.document.read(invited.invitation.about).referrers


def _by_link(invited: StoredInvitation) -> tuple[Referrer, ...]:
    return tuple(replace(one, is_by_link=True) for one in _referrers(invited)[:1])
