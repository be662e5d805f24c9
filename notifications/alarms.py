"""Alarms: what the admins read about each trouble that someone must look into."""

from lib.languages.said import for_staff

TROUBLES = {
    "survey_not_configured": for_staff(
        "Responses arrive for the survey %(detail)s, which survey.toml does not have. We"
        " keep them, and they become requests once you add it."
    ),
    "api_refused": for_staff(
        "Qualtrics refuses our API access (%(detail)s). New requests wait until the token is right."
    ),
    "unread": for_staff(
        "A response to the survey %(detail)s has been waiting for hours, because Qualtrics"
        " won’t hand it out. Please look in the survey’s data in case someone is asking for"
        " support."
    ),
    "unread_about_colleague": for_staff(
        "A response to the form %(detail)s has been waiting for hours, because Qualtrics won’t"
        " hand it out. We keep trying, and no one needs to do anything about this response."
        " Don’t open the response: it names a colleague."
    ),
    "no_api": for_staff(
        "Responses arrive without their answers, and there is no API access to fetch them"
        " with. New requests wait. See docs/qualtrics.md."
    ),
    "missed": for_staff(
        "Responses to the survey %(detail)s reached us only because we compared with"
        " Qualtrics: they were never delivered. We have them now, but late. Please check"
        ' what should have told us. With an event subscription, run "flask qualtrics'
        ' subscriptions": is our address there, and is its number of calls growing? With a'
        " workflow, open its run history in Qualtrics: is it on, and which status do we"
        " answer? Then check the proxy and its log: does the address open from outside, and"
        " does it answer 403 or 503?"
    ),
    "not_reconciled": for_staff(
        "For hours we couldn’t compare our requests with what Qualtrics has for the survey"
        " %(detail)s. If a response isn’t delivered now, no one will notice."
        ' "flask qualtrics reconcile %(detail)s" says what is wrong.'
    ),
    "too_early": for_staff(
        "Someone just submitted a response to the survey %(detail)s. By accept_from in"
        " survey.toml it’s too early to be a request, so no one gets an email about it. Please"
        " check accept_from."
    ),
    "preview_filled": for_staff(
        "Someone filled out a preview of the survey %(detail)s. A preview isn’t a request, so no"
        " one gets an email about it. If none of you were trying the form out, someone may be"
        " asking for support by a preview’s link that was shared by mistake. Please have the form’s"
        " owner look at the newest preview in Qualtrics right away, and share the form’s own link"
        " instead."
    ),
    "gone": for_staff(
        "Qualtrics told us about a response to the survey %(detail)s, but for two weeks it"
        " hasn’t been there. We’ve stopped asking for it."
    ),
    "export_broken": for_staff(
        "What Qualtrics exported of the survey %(detail)s could not be read in full. We took"
        ' in what we could, and will try again. "flask qualtrics reconcile %(detail)s" says'
        " what is wrong."
    ),
    "copy_stays": for_staff(
        "Answers from deleted requests are still in Qualtrics (survey %(detail)s), because"
        " it won’t delete them for us. We’ll keep asking. The account with the API access"
        " needs the right to delete responses of that survey, which must be shared with it;"
        " an OAuth client needs the scope write:survey_responses. The worker’s log has"
        " Qualtrics’ answer."
    ),
    "nobody_may_see": for_staff(
        "A request is waiting that no one on our lists may see, not even the backup contact."
        " Please name someone else in program.toml who may review it, right away: it may be"
        " urgent. We’ll tell them then. We can’t show the request to you."
    ),
    "nobody_acts": for_staff(
        "A request is overdue, and no one we called is acting on it. Please call the"
        " coordinators, the deputies, and the backup contact."
    ),
    "round_fails": for_staff(
        "A part of the worker (%(detail)s) has failed again and again for an hour. The"
        " worker’s log says why."
    ),
    "nobody_calls": for_staff(
        "An urgent request is waiting, and no one we emailed has taken the call. Emails are"
        " not enough now. Please phone the coordinators, the deputies, and the backup"
        " contact, one after the other, until someone opens their email and calls the"
        " requester."
    ),
    "restored": for_staff(
        "The service was restored from a backup. Anything decided or withdrawn after"
        " %(detail)s is missing. Please ask all coordinators to check their board and decide"
        ' it again. Then run "flask restore --release". Until then, we hold back emails to'
        " requesters and supporters that only the backup calls for."
    ),
    "referral_broken": for_staff(
        "We couldn’t read a response to the form %(detail)s, about a colleague, so we wrote"
        " to no one: probably the address was mistyped. If this happens often, check the"
        " webhook of this form. Don’t open the response: it names a colleague."
    ),
    "many_referrals": for_staff(
        "People used the form %(detail)s to name an unusual number of colleagues in one day. We"
        " write to 20 people a day at most, so the others wait. If someone is misusing the form,"
        " close it in Qualtrics and take it out of survey.toml. Then we write to no one else."
    ),
    "nomination_broken": for_staff(
        "We couldn’t read a response to the nomination form %(detail)s, so no one was asked."
        " Please open the newest response in Qualtrics, and have the colleague nominated"
        " again."
    ),
    "too_large": for_staff("A delivery was refused because it was too large (%(detail)s)."),
    "given_up": for_staff(
        "An email (%(detail)s) could not be written for a day. The worker’s log says why."
    ),
    "mailbox_refused": for_staff(
        "The mail server refused an email, or sent it back, and no other email has gone through"
        " since. We keep trying, and give up on that one only once others go through. If you’re"
        " reading this, at least one did."
    ),
    "returned": for_staff(
        "A mail server accepted mail from us and sent it back later (%(detail)s), because of"
        " a problem on its side or in our settings. We try again every hour. After a day we"
        " give up, unless every email comes back. Please ask the people who run"
        " your mail what that code means."
    ),
    "return_mailbox": for_staff(
        "For an hour, we could not read the mailbox that undeliverable mails come back to"
        ' (BOUNCES_URL). "flask check" says what is wrong.'
    ),
    "undeliverable": for_staff(
        "An email to someone in the program could not be delivered (%(detail)s)."
    ),
}


def described(subject: str) -> list[str]:
    """Return the words for each line "<trouble>:<detail>" of a mail's subject."""
    return [words for line in subject.splitlines() if (words := describe(line))]


def describe(subject: str) -> str:
    """Return the words for a subject "<trouble>:<detail>"; "" when it is no trouble."""
    trouble, _, detail = subject.partition(":")
    return for_staff(TROUBLES[trouble], detail=detail) if trouble in TROUBLES else ""
