"""What a request takes from an invitation: who must stay out of it, and after which event it is."""

from dataclasses import replace

from engine.engine import Engine
from invitations import outreach, referral
from invitations.model import Kind
from people.records import Identity, Referrer
from store.invitations import asked
from store.invitations.asked import StoredInvitation


def joined(engine: Engine, identity: Identity, token: str) -> Identity:
    """Return a requester with what their invitations say: found by the form's link and the address.

    The link brings it along when they give us another address. Then one referrer counts, and only
    as a supporter: people can pass the link on, and would choose who reviews strangers' requests.
    """
    db = engine.store.read()
    found = asked.of_address(db, identity.email)
    invited = asked.find(db, asked.person_of(db, token)) if token else None
    several = [one for one in (invited, *found) if one is not None]
    known = {one.id for one in found}
    referrers = dict.fromkeys(
        referrer
        for one in several
        if one.invitation.kind is Kind.REFERRAL
        for referrer in (_referrers(one) if one.id in known else _by_link(one))
    )
    groups = (
        outreach.member_document.read(one.invitation.about).group
        if one.invitation.kind is Kind.OUTREACH
        else one.person
        for one in several
        if one.invitation.kind in (Kind.OUTREACH, Kind.GROUP)
    )
    return replace(identity, referrers=tuple(referrers), outreach=next(groups, ""))


def _referrers(invited: StoredInvitation) -> tuple[Referrer, ...]:
    return referral.document.read(invited.invitation.about).referrers


def _by_link(invited: StoredInvitation) -> tuple[Referrer, ...]:
    return tuple(replace(one, is_by_link=True) for one in _referrers(invited)[:1])
