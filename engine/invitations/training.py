"""Trainings: who is invited to which session, who has a seat, who came, and what follows."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from casebook import invitations, training
from casebook.training import Guest, Need
from engine.engine import Engine
from engine.invitations import asking, nominations
from invitations.model import Answer, AnswerStands, Invitation, Kind, acted_on
from invitations.nomination import Acted
from invitations.nomination import document as nomination
from invitations.training import Came, Going, Place, Told, document, lacking, seated
from notifications import program_mails
from program.training.sessions import Session
from store import outbox
from store.database import Database
from store.invitations import asked, refusals
from store.invitations.asked import Changed

#: How long before a session the reminder goes out to people who come.
DAY_BEFORE = timedelta(days=1)
#: After this long the leader is no longer asked who came.
TOO_LATE = timedelta(days=13)


def invite_due(engine: Engine, now: datetime) -> bool:
    """Invite people who need a session to the next one of its kind, to one session at a time."""
    known = training.guests(engine.casebook)
    today = engine.program.today(now)
    wanted = list(training.needs(engine.casebook, today))
    found = [(need, one) for need in wanted if (one := _next(engine, known, need, now))]
    for need, session in found:
        _invite(engine, need, session, now)
    return bool(found)


def _next(engine: Engine, known: list[Guest], need: Need, now: datetime) -> Session | None:
    """Return the session to ask someone to; None while one waits for them or their answer."""
    theirs = [one for one in known if one.place.who == need.who and one.place.kind == need.kind]
    open_ones = [one for one in theirs if not one.stored.invitation.acted_on]
    if any(one.stored.invitation.answer in (Answer.NONE, Answer.YES) for one in open_ones):
        return None
    asked_to = {one.place.session for one in theirs if one.counts}
    upcoming = training.upcoming(engine.casebook, need.kind, now)
    session = next((one for one in upcoming if one.id not in asked_to), None)
    # The database is asked last: each minute many need a session, and mostly there is none.
    if session is None or _has_refused(engine, need, now):
        return None
    return session


def _has_refused(engine: Engine, need: Need, now: datetime) -> bool:
    today = engine.program.today(now)
    return refusals.stands(engine.store.read(), Kind.TRAINING, need.address, today)


def _invite(engine: Engine, need: Need, session: Session, now: datetime) -> None:
    place = Place(session.id, session.kind, need.who, when_and_where=_said(engine, session))
    one = Invitation(
        kind=Kind.TRAINING,
        name=need.name,
        address=need.address,
        ends_at=session.ends_at,
        until=session.ends_at,
        about=document.write(place),
    )
    with engine.store.write() as db:
        # Read again: another worker may have asked them at this moment.
        known = training.guests_of(engine.casebook, session.id)
        if need.who not in {guest.place.who for guest in known}:
            asking.ask(engine, db, asked.add(db, one), now)


def _said(engine: Engine, session: Session) -> str:
    return f"{invitations.when(engine.casebook, session)}, {session.place}"


# Answers and seats


def answer(engine: Engine, person: str, said: Answer, now: datetime) -> None:
    """Record an answer, and give seats to those for whom there is one now."""
    place = document.read(asking.find(engine, person).invitation.about)
    session = engine.program.sessions.get(place.session)
    if session is None or session.begins_at <= now:
        raise AnswerStands
    with engine.store.write() as db:
        stored = asking.answer_in(engine, db, person, said, now)
        if said is Answer.NO:
            without = replace(place, has_seat=False, told=Told.NOTHING)
            asked.save(db, stored, replace(stored.invitation, about=document.write(without)))
        _give_seats(engine, db, session, now)


def _give_seats(engine: Engine, db: Database, session: Session, now: datetime) -> None:
    coming = [one for one in training.guests_of(engine.casebook, session.id) if one.says_yes]
    going = [
        Going(one.stored.id, one.stored.invitation.answered_at or now, one.place.has_seat)
        for one in coming
    ]
    having = seated(going, session.seats)
    for guest in coming:
        told = Told.SEAT if guest.stored.id in having else Told.WAITING
        if guest.place.told not in (told, Told.MOVED):
            _tell(engine, db, guest, session, told, now)


def _tell(
    engine: Engine, db: Database, guest: Guest, session: Session, told: Told, now: datetime
) -> None:
    """Tell someone about their place, and remind them the day before if they have a seat."""
    has_seat = told is Told.SEAT or (told is Told.MOVED and guest.place.has_seat)
    place = replace(
        guest.place, has_seat=has_seat, told=told, when_and_where=_said(engine, session)
    )
    at = session.begins_at - DAY_BEFORE
    one = replace(
        guest.stored.invitation,
        about=document.write(place),
        remind_at=at if has_seat and at > now else None,
        until=session.ends_at,
        ends_at=max(guest.stored.invitation.ends_at, session.ends_at),
    )
    asked.save(db, guest.stored, one)
    outbox.add(db, [program_mails.to_invited(guest.stored.person, "training_place", told, now)])


# What the files say otherwise by now


def follow_files(engine: Engine, now: datetime) -> None:
    """Tell the people who were invited to a session that was canceled or moved."""
    for guest in training.guests(engine.casebook):
        one = guest.stored.invitation
        session = engine.program.sessions.get(guest.place.session)
        if one.acted_on or one.answer is Answer.NO or (one.until or now) <= now:
            continue
        with suppress(Changed), engine.store.write() as db:
            if session is None:
                _cancel(db, guest, now)
            elif guest.place.when_and_where != _said(engine, session):
                _move(engine, db, guest, session, now)


def _cancel(db: Database, guest: Guest, now: datetime) -> None:
    one, person = guest.stored.invitation, guest.stored.person
    ends_at = now + nominations.LAST_MAIL
    asked.save(db, guest.stored, acted_on(one, Told.CANCELED, ends_at))
    outbox.add(db, [program_mails.to_invited(person, "training_place", Told.CANCELED, now)])


def _move(engine: Engine, db: Database, guest: Guest, session: Session, now: datetime) -> None:
    """Tell the people who said yes; the others read on the page where the session is now."""
    if guest.says_yes:
        _tell(engine, db, guest, session, Told.MOVED, now)
        return
    place = replace(guest.place, when_and_where=_said(engine, session))
    one = replace(guest.stored.invitation, about=document.write(place), until=session.ends_at)
    asked.save(db, guest.stored, one)


def drop_gone(engine: Engine, now: datetime) -> None:
    """Forget the invitations of people who left, and give their seats to others."""
    for guest in training.guests(engine.casebook):
        if _is_gone(engine, guest):
            session = engine.program.sessions.get(guest.place.session)
            with engine.store.write() as db:
                asking.forget(db, guest.stored.person, now)
                if session is not None and session.begins_at > now:
                    _give_seats(engine, db, session, now)


def _is_gone(engine: Engine, guest: Guest) -> bool:
    """Tell whether a supporter left, or a nominee changed their mind or is forgotten."""
    who, address = guest.place.who, guest.stored.invitation.address
    if not asked.is_invited(who):
        return who not in engine.program.listed
    if nominations.is_supporter(engine, address):
        return False
    nominee = asked.find(engine.store.read(), who)
    if nominee is None or nominee.invitation.answer is not Answer.YES:
        return True
    return nominee.invitation.acted_on == Acted.DECLINED


# Attendance


def ask_who_came(engine: Engine, now: datetime) -> None:
    """Ask the leader of a session that is over who came; once, and until they have said so."""
    for session in engine.program.sessions.values():
        is_over = session.ends_at <= now < session.ends_at + TOO_LATE
        if not is_over or engine.program.training.is_care(session.kind):
            continue
        coming = training.guests_of(engine.casebook, session.id)
        if any(one.says_yes and not one.stored.invitation.acted_on for one in coming):
            with engine.store.write() as db:
                outbox.add(db, [program_mails.about_attendance(session.id, session.led_by, now)])


def record(engine: Engine, session: Session, came: Collection[str], now: datetime) -> None:
    """Record who came, and what follows for each of them; what is recorded already stays."""
    with engine.store.write() as db:
        for guest in training.guests_of(engine.casebook, session.id):
            one = guest.stored.invitation
            if guest.says_yes and not one.acted_on:
                is_here = guest.stored.person in came
                word = Came.CAME if is_here else Came.MISSED
                kept = engine.program.file.invitations.forget_after
                ends_at = now + kept if is_here else one.ends_at
                asked.save(db, guest.stored, acted_on(one, word, ends_at))
                if is_here:
                    _came(engine, db, guest, session, now)


def _came(engine: Engine, db: Database, guest: Guest, session: Session, now: datetime) -> None:
    """Count a session for a nominee; once the set is complete, an admin gets their line."""
    stored = asked.find(db, guest.place.who)
    if stored is None:
        if guest.place.who in engine.program.supporters:
            outbox.add(db, program_mails.about_newcomer(guest.stored.person, _admins(engine), now))
        return
    one, day = stored.invitation, engine.program.today(session.ends_at)
    about = nomination.read(one.about).attending(session.kind, f"{day}")
    kept = engine.program.file.invitations.forget_after
    one = replace(one, about=nomination.write(about), ends_at=now + kept)
    stored = asked.save(db, stored, one)
    if not lacking(engine.program.training.complete, about.attended) and not one.acted_on:
        cells = {"trained_on": f"{day}"}
        refresher = engine.program.training.refresher
        if refresher is not None:
            cells["refresher_due"] = f"{day + refresher.every}"
        asked.save(db, stored, replace(one, said=one.said | cells))
        nominations.make_ready_in(engine, db, stored.person, now)


def _admins(engine: Engine) -> tuple[str, ...]:
    return engine.program.duties.admins
