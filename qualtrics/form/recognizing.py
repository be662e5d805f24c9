"""Which question tells which fact, and what each answer means: proposals, never decisions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from lib.text import plain
from qualtrics.form import wording
from qualtrics.form.questions import Kind, Question

WISHES = {f"wish_{fact}": fact for fact in ("role", "specialty", "department")}
NAMED_IN_PROGRAM = ("department", "role", "specialty")
TYPED = ("name", "email", "phone", "not_wanted", "note")
#: How alike an answer and a name must be, from 0 to 1: to be taken, and to be suggested.
ALIKE, SOMEWHAT_ALIKE = 0.88, 0.6
#: How much a match says: in the part that is asked for, in the whole question, in its answers.
IN_PART, IN_TEXT, BESIDE_PART, IN_ANSWERS = 4.0, 2.0, 1.0, 4.0


@dataclass(frozen=True)
class Vocabulary:
    """What program.toml calls things: id to name."""

    departments: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    specialties: Mapping[str, str] = field(default_factory=dict)

    def of(self, fact: str) -> Mapping[str, str]:
        tables = (self.departments, self.roles, self.specialties)
        return dict(zip(NAMED_IN_PROGRAM, tables, strict=True)).get(fact, {})


@dataclass(frozen=True)
class Meaning:
    """What one answer of the form means to us; None where a person must decide."""

    value: str
    label: str
    word: str | None
    #: What it might mean, when we are not sure.
    guess: str = ""


def recognize(questions: Iterable[Question], vocabulary: Vocabulary) -> dict[str, Question]:
    """Return for each fact the question that most likely asks for it; each serves one fact."""
    asked = [question for question in questions if not question.is_trashed]
    scored = [
        (score, fact, question)
        for fact in FACTS
        for question in asked
        if (score := _score(fact, question, vocabulary)) > 0
    ]
    found: dict[str, Question] = {}
    for _, fact, question in sorted(scored, key=lambda one: -one[0]):
        if fact not in found and question not in found.values():
            found[fact] = question
    return found


def looks_like_safety(question: Question) -> bool:
    """Tell whether a question asks if somebody is safe."""
    if question.kind is not Kind.CHOICE or question.is_trashed:
        return False
    text = plain(question.wording)
    if re.search(wording.BUT_NOT["safety"], text):
        return False
    labels = map(plain, question.choices.values())
    return bool(re.search(wording.ASKS_FOR["safety"], text)) or any(
        re.search(wording.ANSWERS_ABOUT_SAFETY, label) for label in labels
    )


def meanings(fact: str, question: Question, vocabulary: Vocabulary) -> list[Meaning]:
    """Return what each answer means, as far as that is clear."""
    return [
        _meaning(fact, question, value, label, vocabulary)
        for value, label in question.choices.items()
    ]


def _meaning(
    fact: str, question: Question, value: str, label: str, vocabulary: Vocabulary
) -> Meaning:
    said = plain(label).rstrip(".!")
    if fact == "safety":
        return Meaning(value, label, "safe" if _is_clearly_safe(question, said) else "urgent")
    if fact in NAMED_IN_PROGRAM:
        return _named(value, label, said, vocabulary.of(fact))
    if fact == "contact" or fact in WISHES:
        return Meaning(value, label, _meant("contact" if fact == "contact" else "wish", said))
    if fact == "not_before" and re.fullmatch(wording.AT_ANY_TIME, said):
        return Meaning(value, label, "")
    return Meaning(value, label, label or None)


def _is_clearly_safe(question: Question, said: str) -> bool:
    """Only what cannot be misread is safe; a hedge, a doubt or a double question is not."""
    if re.fullmatch(wording.SAFE_IN_FULL, said):
        return True
    asked = plain(question.wording)
    is_about_safe = bool(re.search(wording.ABOUT_BEING_SAFE, asked))
    is_about_harm = bool(re.search(wording.ABOUT_HARM, asked))
    if is_about_safe == is_about_harm:
        return False
    return bool(re.fullmatch(wording.YES if is_about_safe else wording.NO, said))


def _meant(kind: str, said: str) -> str | None:
    words = wording.MEANS[kind]
    if re.search(words.get("no_preference", r"(?!)"), said):
        return "no_preference"
    if re.search(wording.NEGATION, said):
        return None
    fits = [word for word, pattern in words.items() if re.search(pattern, said)]
    # "Text or call" is two ways at once; "voicemail" says "mail" too.
    rest = [word for word in fits if not (word == "mail" and "voicemail" in fits)]
    return rest[0] if len(rest) == 1 or (rest and kind == "wish") else None


def _named(value: str, label: str, said: str, names: Mapping[str, str]) -> Meaning:
    likeness = sorted(((_likeness(said, id, name), id) for id, name in names.items()), reverse=True)
    best, id = likeness[0] if likeness else (0.0, "")
    runner_up = likeness[1][0] if len(likeness) > 1 else 0.0
    if best >= ALIKE and best - runner_up > 0.02:
        return Meaning(value, label, id)
    if re.fullmatch(wording.ANOTHER, said):
        return Meaning(value, label, "other" if "other" in names else "")
    return Meaning(value, label, None, id if best >= SOMEWHAT_ALIKE else "")


def _likeness(said: str, id: str, name: str) -> float:
    ours = {plain(name), plain(id.replace("-", " "))}
    without_remark = re.sub(r"\s*\([^)]*\)", "", said).strip()
    if said in ours or without_remark in ours:
        return 1.0
    likeness = max(SequenceMatcher(None, said, one).ratio() for one in ours)
    holds_it = any(set(one.split()) <= set(said.split()) for one in ours)
    # "Registered nurse" may well be the nurse, but a person should say so.
    return max(likeness * 0.99, SOMEWHAT_ALIKE if holds_it else 0.0)


def _score(fact: str, question: Question, vocabulary: Vocabulary) -> float:
    if fact == "language":
        return 1.0 if question.key == "userLanguage" else 0.0
    if question.kind is Kind.EMBEDDED:
        is_source = re.fullmatch(wording.FOUND_AT_FIELD, plain(question.key))
        return 5.0 if fact == "found_at" and is_source else 0.0
    if fact == "safety":
        return _asks(fact, question) + IN_TEXT if looks_like_safety(question) else 0.0
    if question.kind is Kind.TEXT:
        is_typed = fact in (*TYPED, "unit", "found_at", "not_before")
        return _asks(fact, question) if is_typed else 0.0
    return _score_of_choice(fact, question, vocabulary) if question.kind is Kind.CHOICE else 0.0


def _score_of_choice(fact: str, question: Question, vocabulary: Vocabulary) -> float:
    wish = _share(_meant("wish", plain(label)) for label in question.choices.values())
    if fact in WISHES:
        asks = _asks(WISHES[fact], question)
        return asks + IN_ANSWERS * wish if asks and wish >= 0.5 else 0.0
    asks = _asks(fact, question)
    if wish >= 0.5 or not asks or fact in TYPED or looks_like_safety(question):
        return 0.0
    if fact in NAMED_IN_PROGRAM:
        known = _share(one.word or None for one in meanings(fact, question, vocabulary))
        return asks + IN_ANSWERS * known if known or len(question.choices) > 2 else 0.0
    if fact == "contact":
        known = _share(one.word for one in meanings(fact, question, vocabulary))
        return asks + IN_ANSWERS * known if known >= 0.5 else 0.0
    if fact == "not_before":
        times = _share(_time(plain(label)) for label in question.choices.values())
        return asks + IN_ANSWERS * times if times >= 0.5 else 0.0
    return asks


def _time(said: str) -> str | None:
    return said if re.search(wording.A_TIME, said) else None


def _asks(fact: str, question: Question) -> float:
    text, part = plain(question.text), plain(question.part)
    if re.search(wording.BUT_NOT.get(fact, r"(?!)"), f"{text} {part}"):
        return 0.0
    in_part = re.search(wording.ASKS_FOR[fact], part) if part else None
    if in_part:
        return IN_PART + _early(in_part)
    in_text = re.search(wording.ASKS_FOR[fact], text)
    return (BESIDE_PART if part else IN_TEXT) + _early(in_text) if in_text else 0.0


def _early(match: re.Match[str]) -> float:
    """What a question says first it is about; the rest may be the reason why it is asked."""
    return 1 / (2 + match.start())


def _share(words: Iterable[str | None]) -> float:
    found = list(words)
    return sum(word is not None for word in found) / len(found) if found else 0.0


def unused(questions: Sequence[Question], found: Mapping[str, Question]) -> Iterator[Question]:
    """Yield what people answer and no fact takes."""
    asked = (question for question in questions if not question.is_trashed)
    yield from (q for q in asked if q not in found.values() and q.kind is not Kind.METADATA)


#: In the order of a survey.toml, and of who wins when two fit as well.
FACTS = (
    *("name", "email", "phone", "unit", "not_wanted", "language", "found_at", "note"),
    *("contact", "not_before", *NAMED_IN_PROGRAM, *WISHES, "safety"),
)
