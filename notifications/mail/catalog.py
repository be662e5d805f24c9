"""The catalog of e-mails with all their properties; no other module lists them by name."""

from lib.languages.said import for_staff
from notifications.mail.properties import (
    ByPhone,
    Email,
    Gathered,
    GivenUp,
    Leads,
    Needs,
    PassedOn,
    Until,
    Urgency,
)
from store.programs import VersionStatus
from workflow.model import Role

TOLD_PROPOSED = ByPhone(
    for_staff(
        "A supporter said yes. Would they like to talk to this supporter, or to someone else? They"
        " don’t have to say why. Save the answer above"
    ),
    for_staff("Hello from %(name)s. I have a question for you. When can I call you?"),
)
TOLD_MATCHED = ByPhone(
    for_staff("A supporter said yes and will get in touch with them"),
    for_staff(
        "Hello from %(name)s. We’ve found someone for you. They’ll get in touch. You don’t"
        " have to do anything."
    ),
)
TOLD_DELAYED = ByPhone(
    for_staff("We’re running late. We’re sorry, and we haven’t forgotten them"),
    for_staff(
        "Hello from %(name)s. We’re running late. We’re sorry, and we haven’t forgotten you."
    ),
)
TOLD_COMPLETED = ByPhone(
    for_staff("We think the support is done. If it isn’t, they can tell us"),
    for_staff(
        "Hello from %(name)s. We think this is done. If it isn’t, please tell me, and we’ll go on."
    ),
)
TOLD_RESOURCES = ByPhone(
    for_staff("Which professional help may be good for them"),
    for_staff("Hello from %(name)s. I have something for you that may help. When can I call you?"),
)

TOLD_PARTNER_SILENT = ByPhone(
    for_staff(
        "The support service that was supposed to get in touch hasn’t told us that it did."
        " They can get in touch themselves"
    ),
    for_staff("Hello from %(name)s. I have a question for you. When can I call you?"),
)
TOLD_CONFIRMATION = ByPhone(
    for_staff(
        "Someone gave another way to reach them. Is it theirs? Ask them the first way they"
        " gave us, and save the answer above"
    ),
    for_staff(
        "Hello from %(name)s. I have a question about how to reach you. When can I call you?"
    ),
)


def _to_reviewers(place: int, what: str) -> Gathered:
    return Gathered("where_things_stand", place, what)


def _to_supporter(place: int, what: str) -> Gathered:
    return Gathered("several_wait", place, what)


# fmt: off
EMAILS: dict[str, Email] = {
    "received": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=True, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "proposed": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_PROPOSED,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "matched": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_MATCHED,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "delayed": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_DELAYED,
        is_offer=False, asks_for_match=False, goes_on=True, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "resources": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.CASE_IS_OPEN, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_RESOURCES,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "completed": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.CASE_IS_OPEN, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_COMPLETED,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "check_in": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.ANSWERED, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "partner_proposed": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.PARTNER, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ASKED_NO_MORE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "partner_silent": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.PARTNER, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_PARTNER_SILENT,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "partner_wanted": Email(
        role=Role.PARTNER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.PARTNER, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.HAND_OVER_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "partner_released": Email(
        role=Role.PARTNER, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "feedback": Email(
        role=Role.REQUESTER, leads=Leads.FEEDBACK, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.CASE_IS_OPEN, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "was_this_you": Email(
        role=Role.REQUESTER, leads=Leads.CONFIRMATION, has_short_link=False, has_html=True, needs=Needs.CONFIRMATION, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=TOLD_CONFIRMATION,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "address_noted": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.NEUTRAL_NAME, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "address_in_use": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "withdrawn": Email(
        role=Role.REQUESTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "review_requested": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=True, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "review_nudge": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(5, for_staff(
            "needs a decision"
        )), urgency=Urgency.LESS_THAN_CALL, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "urgent": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.CALL, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "offer_declined": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(4, for_staff(
            "the supporter didn’t answer in time"
        )), urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=True, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "back_in_review": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=True, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "no_candidate": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(3, for_staff(
            "no supporter is free"
        )), urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "contact_overdue": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(2, for_staff(
            "no word from the supporter"
        )), urgency=Urgency.LESS_THAN_CALL, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "tell_by_phone": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(6, for_staff(
            "there’s a message to pass on"
        )), urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "consent_missing": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(10, for_staff("the requester hasn’t said yes yet")), urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "partner_late": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.PARTNER, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS_AS_NEWS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "second_contact": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(9, for_staff(
            "the requester hasn’t answered yet"
        )), urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS_AS_NEWS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "look_again": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS_AS_NEWS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "undeliverable": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=_to_reviewers(8, for_staff(
            "an email to %(whom)s didn’t get through"
        )), urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_REVIEWERS_AS_NEWS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "nobody_answered": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_reviewers(1, for_staff(
            "no one has acted"
        )), urgency=Urgency.CALL, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_DEPUTIES, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "taken_over": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.COVER, waits_for_morning=True,
        gathered=_to_reviewers(7, for_staff(
            "is yours now"
        )), urgency=Urgency.OTHER, until=Until.COVER_ENDED, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "supporter_away": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.SUPPORTER_ABSENCE, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.SUPPORTER_IS_BACK, passed_on=PassedOn.TO_REVIEWERS_AS_NEWS, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "where_things_stand": Email(
        role=Role.REVIEWER, leads=Leads.BOARD, has_short_link=True, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "talk_wanted": Email(
        role=Role.REVIEWER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.SUPPORTER_CONTACT, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "offer": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.READER_IS_AWAY, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=True, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "offer_nudge": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_supporter(1, for_staff(
            "your answer"
        )), urgency=Urgency.OTHER, until=Until.READER_IS_AWAY, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "almost_settled": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "supporter_matched": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "contact_nudge": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_supporter(2, for_staff(
            "get in touch"
        )), urgency=Urgency.OTHER, until=Until.READER_IS_AWAY, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "still_in_contact": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=_to_supporter(3, for_staff(
            "tell us how things are"
        )), urgency=Urgency.OTHER, until=Until.READER_IS_AWAY, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "several_wait": Email(
        role=Role.SUPPORTER, leads=Leads.OWN_PAGE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "talk_again": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "debrief_offered": Email(
        role=Role.SUPPORTER, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.CARE, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "details_changed": Email(
        role=Role.SUPPORTER, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "taken_back": Email(
        role=Role.SUPPORTER, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "request_withdrawn": Email(
        role=Role.SUPPORTER, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.STILL_THEIRS, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "fresh_link": Email(
        role=None, leads=Leads.CASE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=True, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "ring": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=False, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.REVIEWERS,
    ),
    "admin_alarm": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "response_waits": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.WAITING_RESPONSE, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.RESPONSE_READ, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "digest": Email(
        role=Role.REVIEWER, leads=Leads.BOARD, has_short_link=True, has_html=True, needs=Needs.DIGEST, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.MORNING_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "roster": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.ROSTER, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "lead_guide": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.LED_DEPARTMENTS, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "copies_remain": Email(
        role=Role.ADMIN, leads=Leads.COPIES, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "files_in_force": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.FILES, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=VersionStatus.IN_FORCE, given_up=GivenUp.ADMINS,
    ),
    "files_wrong": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.FILES, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.FILES_SETTLED, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=VersionStatus.REFUSED, given_up=GivenUp.ADMINS,
    ),
    "files_wait": Email(
        role=Role.ADMIN, leads=Leads.FILES, has_short_link=False, has_html=True, needs=Needs.FILES, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.FILES_SETTLED, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=VersionStatus.WAITS, given_up=GivenUp.ADMINS,
    ),
    "sight_waits": Email(
        role=Role.REVIEWER, leads=Leads.FILES, has_short_link=False, has_html=True, needs=Needs.FILES, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.FILES_SETTLED, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=VersionStatus.WAITS, given_up=GivenUp.ADMINS,
    ),
    "sight_told": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.FILES, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=VersionStatus.WAITS, given_up=GivenUp.ADMINS,
    ),
    "help_changed": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.FILES, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=VersionStatus.IN_FORCE, given_up=GivenUp.ADMINS,
    ),
    "nominated": Email(
        role=Role.INVITED, leads=Leads.INVITATION, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "referred": Email(
        role=Role.INVITED, leads=Leads.OFFER, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "referral_unusable": Email(
        role=Role.INVITED, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.NEUTRAL_NAME, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "outreach_offered": Email(
        role=Role.INVITED, leads=Leads.OFFER, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "group_session_invited": Email(
        role=Role.INVITED, leads=Leads.OFFER, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "group_session_news": Email(
        role=Role.INVITED, leads=Leads.OFFER, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "group_session_led": Email(
        role=None, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.GROUP_SESSION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.GROUP_SESSION_OFF, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "nominee_welcome": Email(
        role=Role.INVITED, leads=Leads.INVITATION, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "nominee_thanked": Email(
        role=Role.INVITED, leads=Leads.NOWHERE, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "nominee_ready": Email(
        role=Role.ADMIN, leads=Leads.NEWCOMERS, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "training_invited": Email(
        role=Role.INVITED, leads=Leads.INVITATION, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "training_place": Email(
        role=Role.INVITED, leads=Leads.INVITATION, has_short_link=False, has_html=True, needs=Needs.INVITATION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.INVITATION_OVER, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.NOBODY,
    ),
    "attendance_asked": Email(
        role=Role.ADMIN, leads=Leads.TRAININGS, has_short_link=False, has_html=True, needs=Needs.SESSION, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "your_page": Email(
        role=Role.SUPPORTER, leads=Leads.BOARD, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=False,
        gathered=None, urgency=Urgency.OTHER, until=Until.ALWAYS_TRUE, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
    "leaving": Email(
        role=Role.REVIEWER, leads=Leads.OWN_PAGE, has_short_link=False, has_html=True, needs=Needs.NOTHING, waits_for_morning=True,
        gathered=None, urgency=Urgency.OTHER, until=Until.STAYS, passed_on=PassedOn.TO_NOBODY, by_phone=None,
        is_offer=False, asks_for_match=False, goes_on=False, about_files=None, given_up=GivenUp.ADMINS,
    ),
}
# fmt: on
#: The e-mail to the admins for each status of a version of their files.
ABOUT_FILES: dict[VersionStatus, str] = {
    VersionStatus.IN_FORCE: "files_in_force",
    VersionStatus.REFUSED: "files_wrong",
    VersionStatus.WAITS: "files_wait",
}

#: News that a requester must get by phone if they cannot be mailed.
BY_PHONE: dict[str, ByPhone] = {
    name: email.by_phone for name, email in EMAILS.items() if email.by_phone is not None
}
#: All that these mails say about a request. People whose part in it is over must not read how it
#: ended, and strangers must read nothing at all, whatever the admins' own words ask for.
LITTLE = frozenset({"reference", "role", "test_marker"})
SAYS_ONLY: dict[str, frozenset[str]] = {
    "request_withdrawn": LITTLE,
    "partner_released": LITTLE,
    "debrief_offered": LITTLE,
    "taken_back": LITTLE | {"event"},  # Whether they had the name, and no more.
    "address_noted": LITTLE,
    "ring": LITTLE,
}
#: The reminders that are combined with others, and how.
GATHERED: dict[str, Gathered] = {
    name: email.gathered for name, email in EMAILS.items() if email.gathered is not None
}


def sent_together_with(email: str) -> list[str]:
    """Return the e-mails that are combined with this one, most pressing first; [] if none are.

    One that does not wait for the morning takes none along that does.
    """
    if email not in GATHERED:
        return []
    if not EMAILS[email].waits_for_morning:
        return [email]
    alike = [name for name in GATHERED if GATHERED[name].into == GATHERED[email].into]
    return sorted(alike, key=lambda name: GATHERED[name].place)
