"""What a request takes from an invitation: who must stay out of it, and after which event it is."""

from dataclasses import replace

from engine.engine import Engine
from invitations import outreach, referral
from invitations.model import Kind
from people.records import Identity
from store.invitations import asked


def joined(engine: Engine, identity: Identity, token: str) -> Identity:
    """Return a requester with what their invitations say: found by the form's link and the address.

    The link brings it along when they give us another address.
    """
    db = engine.store.read()
    found = asked.of_address(db, identity.email)
    invited = asked.find(db, asked.person_of(db, token)) if token else None
    several = [one for one in (invited, *found) if one is not None]
    referrals = (
        referral.document.read(one.invitation.about)
        for one in several
        if one.invitation.kind is Kind.REFERRAL
    )
    groups = (
        outreach.member_document.read(one.invitation.about).group
        if one.invitation.kind is Kind.OUTREACH
        else one.person
        for one in several
        if one.invitation.kind in (Kind.OUTREACH, Kind.GROUP)
    )
    referrers = dict.fromkeys(one for each in referrals for one in each.referrers)
    return replace(identity, referrers=tuple(referrers), outreach=next(groups, ""))
