"""Alarms: what the admins read about each trouble that somebody must look into."""

TROUBLES = {
    "survey_not_configured": (
        "Responses arrive for the survey {detail}, which survey.toml does not know. They are kept,"
        " and become requests as soon as it does."
    ),
    "api_refused": (
        "Qualtrics refuses our API access ({detail}). New requests wait until the token is right."
    ),
    "unread": (
        "A response of the survey {detail} has been waiting for hours, because Qualtrics does not"
        " hand it out. Please look into the survey's data whether somebody asks for support."
    ),
    "no_api": (
        "Responses arrive without their answers, and there is no API access to fetch them with."
        " New requests wait. See docs/qualtrics.md."
    ),
    "missed": (
        "Responses of the survey {detail} reached us only because we compared with Qualtrics: they"
        " were never delivered. They are requests now, but late. Please look at what should have"
        ' told us: with an event subscription, "flask qualtrics subscriptions" (is our address'
        " there, does its number of calls grow?); with a workflow, its run history in Qualtrics"
        " (is it on, which status do we answer?); then the proxy and its log (does the address"
        " open from outside, does it answer 403 or 503?)."
    ),
    "not_reconciled": (
        "For hours we could not compare with what Qualtrics has of the survey {detail}: what is not"
        ' delivered now, nobody finds. "flask qualtrics reconcile {detail}" says what is wrong.'
    ),
    "too_early": (
        "A response of the survey {detail} that was submitted now counts as before the program, and"
        " mails nobody. Is accept_from in survey.toml right?"
    ),
    "gone": (
        "A response of the survey {detail} that Qualtrics told us of has not been there for two"
        " weeks. We stop asking for it."
    ),
    "export_broken": (
        "What Qualtrics exported of the survey {detail} could not be read as a whole. What could be"
        ' is taken in. We try again; "flask qualtrics reconcile {detail}" says what is wrong.'
    ),
    "copy_stays": (
        "Answers of forgotten requests are still in Qualtrics (survey {detail}), because it does"
        " not delete them for us. We go on asking. Whoever has the API access needs the right to"
        " delete responses of that survey, which must be shared with them; an OAuth client needs"
        " the scope write:survey_responses. The worker's log has Qualtrics' answer."
    ),
    "nobody_may_see": (
        "A request waits that nobody on our lists may see: all are left out, the outside person"
        " included. Please name somebody else in program.toml who may review it, at once: it may be"
        " urgent. They are told then. The request cannot be shown to you."
    ),
    "nobody_acts": (
        "A request is overdue, and nobody who was called acts on it. Please call the coordinators,"
        " the deputies and the outside person."
    ),
    "round_fails": (
        "A part of the worker ({detail}) has failed for an hour, again and again. The worker's log"
        " says why."
    ),
    "nobody_calls": (
        "An urgent request waits, and nobody who was mailed has taken the call. Mails are not"
        " enough now: please telephone the coordinators, the deputies and the outside person, one"
        " after the other, until somebody opens their mail and calls the person."
    ),
    "restored": (
        "The service was put back from a copy. What was decided or withdrawn after {detail} is"
        " missing. Please ask all coordinators to go through their board and to say again what they"
        ' decided. Then run "flask restore --release": until then, mails to requesters and'
        " supporters are held back if nothing new is behind them."
    ),
    "too_large": "A delivery was refused because it was too large ({detail}).",
    "given_up": "A mail ({detail}) could not be written for a day; the worker's log says why.",
    "mailbox_refused": (
        "The mail server refused a mailbox, or sent its mail back, and no other mail got through"
        " since. We keep trying, and give up only once others do. If you read this, one did."
    ),
    "returned": (
        "A mail server accepted mail from us and sent it back later ({detail}), by its own fault or"
        " by our settings. We send it again every hour. It is given up after a day, but not as long"
        " as everything comes back. Please ask whoever runs your mail what that code means."
    ),
    "return_mailbox": (
        "For an hour nobody could read the mailbox that undeliverable mails come back to"
        ' (BOUNCES_URL). "flask check" says what is wrong.'
    ),
    "undeliverable": "A mail to somebody on the program's side could not be delivered ({detail}).",
}


def described(subject: str) -> list[str]:
    """Return the words for each line "<trouble>:<detail>" of a mail's subject."""
    return [words for line in subject.splitlines() if (words := describe(line))]


def describe(subject: str) -> str:
    """Return the words for a subject "<trouble>:<detail>"; "" when it is no trouble."""
    trouble, _, detail = subject.partition(":")
    return TROUBLES[trouble].format(detail=detail) if trouble in TROUBLES else ""
