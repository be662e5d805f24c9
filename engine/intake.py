"""Make deliveries cases: get the answers, read them, and store the case in one transaction."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from casebook import privacy
from engine.engine import Engine
from engine.invitations import nominations, referrals
from invitations.nomination import Nominated
from invitations.referral import Referred
from notifications import program_mails
from qualtrics.answers import TOO_EARLY, Answers, judge, read_answers
from qualtrics.api.client import Client, QualtricsError
from qualtrics.api.wire import NotYetAvailable
from qualtrics.broken import read_broken, read_whole
from qualtrics.nomination import NominationMap, read_nomination
from qualtrics.referral import ReferralMap, read_referral
from qualtrics.survey import FormMap, SurveyMap
from store import alarms, deliveries, outbox
from store.database import Database
from store.deliveries import StoredDelivery
from store.invitations.joining import joined
from workflow.model import Case, Facts, State
from workflow.words import monday_of

#: A short name for a place, such as "flyer-ed"; anything longer could be about a person.
PLACE = re.compile(r"[A-Za-z0-9_-]{1,46}")
NOT_CONFIGURED = "survey not configured"
#: Ways of arrival right after Submit: one before `accept_from` means that the date is wrong.
LIVE = ("event", "workflow")
#: People share the link of a preview by mistake, and whoever asks by it would wait in vain.
PREVIEW = "preview"
#: When to try again if someone must change something first; a repeat makes it earlier.
LATER = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=1)
#: A body that we could not parse may be urgent, so it waits at most this long for the API.
PATIENCE = timedelta(minutes=5)
#: After this time people hear that a response is still unread: about a colleague, the admins alone.
UNREAD = timedelta(hours=6)
#: A response that Qualtrics has not known for this long was deleted there.
GONE = timedelta(days=14)
GONE_THERE = "gone from Qualtrics"
NOT_FOUND = 404
#: How long answers are kept for a survey that no one has configured yet.
UNCONFIGURED_KEPT = timedelta(days=7)
#: For each form of no request: why a response that cannot be read is kept, and what admins hear.
BROKEN: dict[type[FormMap], tuple[str, str]] = {
    NominationMap: ("nomination not readable", "nomination_broken"),
    ReferralMap: ("referral not readable", "referral_broken"),
}


class AlreadyACase(Exception):
    """Another worker made this delivery a case."""


@dataclass(frozen=True)
class Reading:
    """The answers of a delivery, or why there are none."""

    answers: Answers | None = None
    #: What it says if its form asks about a colleague: never a request.
    named: Nominated | Referred | None = None
    kept_because: str = ""
    trouble: str = ""
    retry_at: datetime | None = None
    #: The trouble to report to the admins, and its detail.
    alarm: str = ""
    detail: str = ""


def read(engine: Engine, client: Client | None, delivery: StoredDelivery, now: datetime) -> Reading:
    """Find the answers in the delivery, else ask the API. Only this part may take long."""
    survey = engine.program.forms.get(delivery.survey_id)
    if survey is not None and delivery.mark and not survey.rehearsal:
        return Reading(kept_because=delivery.mark)
    reading = _read(engine, client, delivery, survey, now)
    if reading.answers is not None and delivery.mark:
        # The webhook saw that it is a test, which the answers need not say again.
        return replace(reading, answers=replace(reading.answers, is_test=True))
    return reading


def _read(
    engine: Engine,
    client: Client | None,
    delivery: StoredDelivery,
    survey: FormMap | None,
    now: datetime,
) -> Reading:
    body = json.loads(delivery.body) if delivery.body else {}
    if survey is None and (delivery.survey_id or not body):
        return Reading(
            kept_because=NOT_CONFIGURED, alarm="survey_not_configured", detail=delivery.survey_id
        )
    if survey is not None and body.get("answers") is not None:
        values, labels = body["answers"], body.get("labels") or {}
        if delivery.way != "workflow" or not isinstance(survey, SurveyMap):
            return _of(survey, values, labels)
        answers = read_whole(survey, values, labels)
        return Reading(answers=answers, kept_because=answers.kept_because)
    try:
        if client is None or not delivery.response_id:
            raise NoAccess
        response = client.get_response(delivery.survey_id, delivery.response_id)
    except NoAccess:
        if body:
            return _broken(engine, survey, body, delivery)
        return Reading(trouble="no API access", retry_at=now + LATER, alarm="no_api")
    except QualtricsError as error:
        waited = now - delivery.received_at
        # Only a request cannot wait for its answers: someone may be in distress.
        is_request = _may_ask_for_support(survey)
        unread = "unread" if is_request else "unread_about_colleague"
        alarm = "api_refused" if error.needs_human else unread if waited >= UNREAD else ""
        is_lasting = error.needs_human or not error.is_transient or waited >= PATIENCE
        if body and is_request and is_lasting:
            return replace(
                _broken(engine, survey, body, delivery), alarm=alarm, detail=delivery.survey_id
            )
        if error.status == NOT_FOUND and waited >= GONE:
            return Reading(kept_because=GONE_THERE, alarm="gone", detail=delivery.survey_id)
        retry_at = _next_try(delivery, error.retry_after, now)
        is_early = isinstance(error, NotYetAvailable)
        trouble = f"{deliveries.NOT_THERE_YET}: {error}" if is_early else str(error)
        return Reading(trouble=trouble, retry_at=retry_at, alarm=alarm, detail=delivery.survey_id)
    if survey is None:
        return _broken(engine, survey, body, delivery)
    return _of(survey, response.values, response.labels)


def _may_ask_for_support(survey: FormMap | None) -> bool:
    """Tell whether a form asks for support; one that we do not know may."""
    return survey is None or isinstance(survey, SurveyMap)


class NoAccess(Exception):
    """There is no API access to fetch answers with."""


def _of(survey: FormMap, values: Mapping[str, object], labels: Mapping[str, object]) -> Reading:
    """Return what the answers are: only the form's table in survey.toml says so."""
    if isinstance(survey, SurveyMap):
        answers = read_answers(survey, values, labels)
        return Reading(answers=answers, kept_because=answers.kept_because)
    kept_because = judge(survey, values, labels).kept_because
    if kept_because:
        return Reading(kept_because=kept_because)
    if isinstance(survey, NominationMap):
        return Reading(named=read_nomination(survey, values, labels))
    if isinstance(survey, ReferralMap):
        return Reading(named=read_referral(survey, values, labels))
    raise TypeError(f"{survey.id} is a form of no known kind")


def _broken(
    engine: Engine, survey: FormMap | None, body: Mapping[str, object], delivery: StoredDelivery
) -> Reading:
    """Return what is left of a body that cannot be parsed: of an unknown form, a request."""
    if survey is not None and type(survey) in BROKEN:
        kept_because, alarm = BROKEN[type(survey)]
        return Reading(kept_because=kept_because, alarm=alarm, detail=survey.id)
    asked = survey if isinstance(survey, SurveyMap) else None
    surveys = engine.program.surveys.values()
    answers = read_broken(asked, body, delivery.submitted_at, surveys)
    return Reading(answers=answers, kept_because=answers.kept_because)


def settle(
    engine: Engine, delivery: StoredDelivery, reading: Reading, now: datetime
) -> Case | None:
    """Store the result of reading a delivery: a case, a reason to keep it, or a later try."""
    waits_for_hours = reading.retry_at is not None and now - delivery.received_at >= UNREAD
    # No one may open a form that names a colleague.
    form = engine.program.forms.get(delivery.survey_id)
    must_look = waits_for_hours and _may_ask_for_support(form)
    mails = program_mails.about_unread(engine.casebook, delivery.id, now) if must_look else []
    if reading.kept_because == TOO_EARLY and delivery.way in LIVE:
        reading = replace(reading, alarm="too_early", detail=delivery.survey_id)
    is_live = delivery.way in LIVE and delivery.survey_id in engine.program.surveys
    if reading.kept_because == PREVIEW and is_live:
        reading = replace(reading, alarm="preview_filled", detail=delivery.survey_id)
    if reading.alarm:
        with engine.store.write() as db:
            alarms.sound(db, reading.alarm, reading.detail, now)
    if isinstance(reading.named, Nominated):
        nominations.take_in(engine, delivery, reading.named, now)
        return None
    if isinstance(reading.named, Referred):
        referrals.take_in(engine, delivery, reading.named, now)
        return None
    if reading.answers is not None and not reading.kept_because:
        return _open_case(engine, delivery, reading.answers, now)
    with engine.store.write() as db:
        if reading.retry_at is not None:
            deliveries.postpone(db, delivery.id, reading.retry_at, reading.trouble)
            outbox.add(db, mails)
        else:
            waits = reading.kept_because == NOT_CONFIGURED
            deliveries.keep(db, delivery.id, reading.kept_because, keeps_body=waits)
    return None


def wake_configured(engine: Engine, now: datetime) -> int:
    """Make deliveries due again whose surveys have been configured since they arrived."""
    with engine.store.write() as db:
        return sum(
            deliveries.wake(db, survey_id, NOT_CONFIGURED, now)
            for survey_id in engine.program.forms
        )


def _open_case(
    engine: Engine, delivery: StoredDelivery, answers: Answers, now: datetime
) -> Case | None:
    submitted_at = answers.submitted_at or delivery.submitted_at or delivery.received_at
    case = Case(
        reference="",
        state=State.IN_REVIEW,
        version=0,
        submitted_at=min(submitted_at, delivery.received_at),
        opened_at=now,
        facts=_without_remarks(answers.facts),
        is_urgent=answers.is_urgent,
        is_test=answers.is_test,
        privacy_version=privacy.statement(engine.program).version,
    )
    identity = replace(answers.identity, response_id=delivery.response_id)
    identity = joined(engine.store.read(), identity, answers.invitation)
    week = None if case.is_test else monday_of(case.submitted_at, engine.program.zone)
    try:
        return engine.submit(case, identity, now, also=_tie(delivery, week))
    except AlreadyACase:
        return None


def _without_remarks(facts: Facts) -> Facts:
    """Return the facts without `found_at` unless it is a short name, since facts are not sealed."""
    return facts if PLACE.fullmatch(facts.found_at) else replace(facts, found_at="")


def _tie(delivery: StoredDelivery, week: date | None) -> Callable[[Database, int], None]:
    def tie(db: Database, case_id: int) -> None:
        if not deliveries.tie_to_case(db, delivery.id, case_id):
            raise AlreadyACase
        if week is not None:
            deliveries.count_arrival(db, week, delivery.survey_id, delivery.way)

    return tie


def _next_try(delivery: StoredDelivery, retry_after: float | None, now: datetime) -> datetime:
    """Return when to try again, at the latest when people must be told."""
    at = now + _wait(delivery.attempts, retry_after)
    told_at = delivery.received_at + UNREAD
    return min(at, told_at) if now < told_at else at


def _wait(attempts: int, retry_after: float | None) -> timedelta:
    """Return 1, 2, 4 … seconds up to an hour, or as long as Qualtrics asks."""
    doubled = timedelta(seconds=2 ** min(attempts - 1, 12))
    asked = timedelta(seconds=min(retry_after or 0, LONGEST_WAIT.total_seconds()))
    return min(max(doubled, asked), LONGEST_WAIT)
