"""Writes a proposal for survey.toml from the questions of a form."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

from lib.text import one_line, plain
from qualtrics.form.evidence import Certainty
from qualtrics.form.questions import Form, Kind, Question
from qualtrics.form.recognition import (
    FACTS,
    NAMED_IN_PROGRAM,
    Meaning,
    Vocabulary,
    certainty,
    meanings,
    recognize,
    unused,
)
from qualtrics.survey import UNDECIDED

BARE_KEY = re.compile(r"-?[0-9]+")
LONGEST_LABEL = 200

HEAD = """\
# A proposal, read from the form. Go through it line by line before it counts:
#   - "sure", "likely" and "not sure" say how well the question and its answers fit.
#   - Is every answer to the safety question what you would want for a colleague?
#   - Lines that begin with "# " and a choice wait for you: take the "# " away, fill in a word.
#   - What was submitted before accept_from mails nobody.
# Then put it into survey.toml, in place of the example's [[survey]], and run "flask check"."""
NO_SAFETY = f"""\
# No question was recognized that asks whether the person is safe. Decide, or "flask check" fails:
# name the question in a table [survey.facts.safety] as in config.example, or, if the form does
# not ask, write  safety = "not asked".
safety = "{UNDECIDED}\""""
NO_ADDRESS = """\
# Neither an e-mail address nor a phone number was recognized. Name at least one: else nobody could
# reach the person.
# email = "QID…_TEXT"
# phone = "QID…_TEXT\""""


def propose(form: Form, vocabulary: Vocabulary, accept_from: date) -> str:
    """Return a [[survey]] table as text, with comments where a person must decide."""
    found = recognize(form.questions, vocabulary)
    return "\n".join([*_lines(form, found, vocabulary, accept_from), ""])


def overview(form: Form, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield which facts are proposed, by how sure they are, and which were not found."""
    found = recognize(form.questions, vocabulary)
    how_sure = {fact: certainty(fact, question, vocabulary) for fact, question in found.items()}
    for level in Certainty:
        facts = [fact for fact in FACTS if how_sure.get(fact) is level]
        if facts:
            yield f"{level.capitalize()}: {', '.join(facts)}."
    yield f"Not found: {', '.join(fact for fact in FACTS if fact not in found) or 'none'}."


def _lines(
    form: Form, found: Mapping[str, Question], vocabulary: Vocabulary, accept_from: date
) -> Iterator[str]:
    yield from (HEAD, "", "[[survey]]")
    yield f"id = {_toml(form.id)}"
    yield f"name = {_toml(form.name or form.id)}"
    yield f"accept_from = {accept_from.isoformat()}"
    yield f"language = {_toml(form.language)}"
    yield from ("", "[survey.facts]")
    with_choices = [fact for fact in FACTS if fact in found and found[fact].choices]
    for fact in (fact for fact in FACTS if fact in found and fact not in with_choices):
        how_sure = _how_sure(fact, found[fact], vocabulary)
        yield f"{fact} = {_toml(found[fact].key)}   # {how_sure}"
    if not found.keys() & {"email", "phone"}:
        yield NO_ADDRESS
    if "safety" not in found:
        yield NO_SAFETY
    for fact in with_choices:
        yield from _table(fact, found[fact], vocabulary)
    yield from _unused_lines(form, found)


def _table(fact: str, question: Question, vocabulary: Vocabulary) -> Iterator[str]:
    known = meanings(fact, question, vocabulary)
    yield from ("", f"# {_how_sure(fact, question, vocabulary)}", f"[survey.facts.{fact}]")
    yield f"key = {_toml(question.key)}"
    yield f"[survey.facts.{fact}.choices]"
    if fact == "safety" and not any(one.word == "safe" for one in known):
        yield '# No answer is clearly "safe", so whoever answers is urgent: is that right?'
    done: set[str] = set()
    for one in known:
        yield from _choice(fact, one.value, one, vocabulary, done)
    for one in known:
        for label in (one.label, *question.translations.get(one.value, ())):
            yield from _choice(fact, label, one, vocabulary, done)


def _choice(
    fact: str, written: str, one: Meaning, vocabulary: Vocabulary, done: set[str]
) -> Iterator[str]:
    """Yield the line of a choice unless it is written already: a label may equal a recode value."""
    if plain(written) in done or not 0 < len(written) <= LONGEST_LABEL:
        return
    done.add(plain(written))
    key = written if BARE_KEY.fullmatch(written) else _toml(written)
    if one.word is None:
        yield f"# {key} = {_toml(one.guess)}   # {_shown(one.label)}: {_question(fact, vocabulary)}"
    elif one.word == "" and fact in NAMED_IN_PROGRAM:
        which = _allowed_ids(fact, vocabulary)
        yield f'{key} = ""   # {_shown(one.label)}: not stated, or one of {which}?'
    else:
        yield f"{key} = {_toml(one.word)}"


def _question(fact: str, vocabulary: Vocabulary) -> str:
    allowed = {
        "contact": "mail, text, call, voicemail",
        "asks_first": "yes, no",
        **dict.fromkeys(
            ("wish_role", "wish_specialty", "wish_department"), "similar, different, no_preference"
        ),
    }.get(fact)
    return f"which of {allowed or _allowed_ids(fact, vocabulary)}?"


def _allowed_ids(fact: str, vocabulary: Vocabulary) -> str:
    return ", ".join(vocabulary.of(fact)) or f"the {fact} ids of program.toml"


def _unused_lines(form: Form, found: Mapping[str, Question]) -> Iterator[str]:
    rest = list(unused(form.questions, found))
    if rest:
        yield from ("", "# What no fact uses:")
    for question in rest:
        yield f"#   {one_line(question.key, LONGEST_LABEL)}   {_quoted(question)}"
        if question.kind is Kind.CHOICE:
            yield f"#     {', '.join(f'{v} = {_shown(t)}' for v, t in question.choices.items())}"


def _how_sure(fact: str, question: Question, vocabulary: Vocabulary) -> str:
    """Return how sure a proposal is, why it is not, and the question."""
    found = certainty(fact, question, vocabulary)
    is_unknown = found is Certainty.UNSURE and fact in NAMED_IN_PROGRAM
    why = f", no answer is a {fact} of program.toml" if is_unknown else ""
    return f"{found}{why}{f': {_quoted(question)}' if question.wording else ''}"


def _quoted(question: Question) -> str:
    return _shown(question.wording)


def _shown(words: str) -> str:
    return f'"{one_line(words, LONGEST_LABEL)}"'


def _toml(written: str) -> str:
    """Return a TOML string. A JSON string is one, except for one character."""
    return json.dumps(written, ensure_ascii=False).replace("\x7f", "\\u007f")
