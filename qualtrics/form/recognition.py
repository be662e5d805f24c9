"""Guesses which question asks for which fact and what each answer means, for a proposal only."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from lib.text import plain
from qualtrics.form import wording
from qualtrics.form.evidence import (
    Certainty,
    asks,
    asks_early,
    certainty_of_choice,
    certainty_of_text,
    is_scale,
    may_be_names,
)
from qualtrics.form.questions import Kind, Question

WISHES = {f"wish_{fact}": fact for fact in ("role", "specialty", "department")}
NAMED_IN_PROGRAM = ("department", "role", "specialty")
#: Facts whose questions explain a lot, or whose answers tell enough.
MAY_BE_LONG = ("safety", "note", "contact", "not_wanted", "not_before", "asks_first")
#: Facts that many forms ask for with a reason, in one long sentence.
ADDRESSES = ("name", "email", "phone")
SAID_ANYWHERE = ("", "other")
TYPED = ("name", "email", "phone", "not_wanted", "note")
#: Similarity, from 0 to 1, from which an answer is taken for a name, or suggested as one.
SURE, POSSIBLE = 0.88, 0.6
#: Points for a match in the part, in the question, in the question of a part, in the answers.
IN_PART, IN_TEXT, BESIDE_PART, IN_ANSWERS = 4.0, 2.0, 1.0, 4.0


@dataclass(frozen=True)
class Vocabulary:
    """The departments, roles and specialties of program.toml: id to name."""

    departments: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    specialties: Mapping[str, str] = field(default_factory=dict)

    def of(self, fact: str) -> Mapping[str, str]:
        tables = (self.departments, self.roles, self.specialties)
        return dict(zip(NAMED_IN_PROGRAM, tables, strict=True)).get(fact, {})


@dataclass(frozen=True)
class Meaning:
    """What one answer of the form means; `word` is None where a person must decide."""

    value: str
    label: str
    word: str | None
    #: A possible meaning, when we are not sure.
    guess: str = ""


def recognize(questions: Iterable[Question], vocabulary: Vocabulary) -> dict[str, Question]:
    """Return for each fact the question that most likely asks for it. No question is used twice."""
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


def certainty(fact: str, question: Question, vocabulary: Vocabulary) -> Certainty:
    """Return how sure it is that a question asks for a fact."""
    if question.kind in (Kind.EMBEDDED, Kind.METADATA):
        return Certainty.SURE if fact == "language" else Certainty.LIKELY
    if question.kind is not Kind.CHOICE:
        return certainty_of_text(question)
    if fact in ("unit", "found_at"):
        return Certainty.LIKELY
    known = _telling(fact, question, vocabulary)
    if fact == "safety" and not any(one.word == "safe" for one in known):
        return Certainty.LIKELY
    return certainty_of_choice([one.word for one in known], [one.guess for one in known])


def _telling(fact: str, question: Question, vocabulary: Vocabulary) -> list[Meaning]:
    """Return the meanings that tell something: "other" is an answer to any question."""
    found = meanings(fact, question, vocabulary)
    rest = (one for one in found if one.word not in SAID_ANYWHERE)
    return [replace(one, guess="") if one.guess in SAID_ANYWHERE else one for one in rest]


def looks_like_safety(question: Question) -> bool:
    """Tell whether a question asks if someone is safe."""
    if question.kind is not Kind.CHOICE or question.is_trashed:
        return False
    text = plain(question.wording)
    if re.search(wording.NOT_ASKING_FOR["safety"], text):
        return False
    labels = map(plain, question.choices.values())
    return bool(re.search(wording.ASKS_FOR["safety"], text)) or any(
        re.search(wording.ANSWERS_ABOUT_SAFETY, label) for label in labels
    )


def meanings(fact: str, question: Question, vocabulary: Vocabulary) -> list[Meaning]:
    """Return the meaning of each answer, as far as it is clear."""
    return [
        _meaning(fact, question, value, label, vocabulary)
        for value, label in question.choices.items()
    ]


def _meaning(
    fact: str, question: Question, value: str, label: str, vocabulary: Vocabulary
) -> Meaning:
    answer = plain(label).rstrip(".!")
    if fact == "safety":
        return Meaning(value, label, "safe" if _is_clearly_safe(question, answer) else "urgent")
    if fact in NAMED_IN_PROGRAM:
        return _program_meaning(value, label, answer, vocabulary.of(fact))
    if fact == "contact" or fact in WISHES:
        return Meaning(
            value, label, _choice_word("contact" if fact == "contact" else "wish", answer)
        )
    if fact == "asks_first":
        is_yes, is_no = (bool(re.fullmatch(one, answer)) for one in (wording.YES, wording.NO))
        return Meaning(value, label, "yes" if is_yes else "no" if is_no else None)
    if fact == "not_before" and re.fullmatch(wording.ANY_TIME, answer):
        return Meaning(value, label, "")
    return Meaning(value, label, label or None)


def _is_clearly_safe(question: Question, answer: str) -> bool:
    """Tell whether an answer clearly says "safe"; a hedge or a double question is not clear."""
    if re.fullmatch(wording.SAFE_IN_FULL, answer):
        return True
    asked = plain(question.wording)
    is_about_safe = bool(re.search(wording.ABOUT_BEING_SAFE, asked))
    is_about_harm = bool(re.search(wording.ABOUT_HARM, asked))
    if is_about_safe == is_about_harm:
        return False
    return bool(re.fullmatch(wording.YES if is_about_safe else wording.NO, answer))


def _choice_word(kind: str, answer: str) -> str | None:
    words = wording.MEANS[kind]
    if re.search(words.get("no_preference", r"(?!)"), answer):
        return "no_preference"
    if re.search(wording.NEGATION, answer):
        return None
    matches = [word for word, pattern in words.items() if re.search(pattern, answer)]
    # "Text or call" names two ways. "Voicemail" also contains "mail".
    distinct = [word for word in matches if not (word == "mail" and "voicemail" in matches)]
    return distinct[0] if len(distinct) == 1 or (distinct and kind == "wish") else None


def _program_meaning(value: str, label: str, answer: str, names: Mapping[str, str]) -> Meaning:
    ranked = sorted(
        ((_similarity(answer, id, name), id) for id, name in names.items()), reverse=True
    )
    best, id = ranked[0] if ranked else (0.0, "")
    runner_up = ranked[1][0] if len(ranked) > 1 else 0.0
    if best >= SURE and best - runner_up > 0.02:
        return Meaning(value, label, id)
    if re.fullmatch(wording.OTHER_OR_NONE, answer):
        return Meaning(value, label, "other" if "other" in names else "")
    return Meaning(value, label, None, id if best >= POSSIBLE else "")


def _similarity(answer: str, id: str, name: str) -> float:
    ours = {plain(name), plain(id.replace("-", " "))}
    without_parentheses = re.sub(r"\s*\([^)]*\)", "", answer).strip()
    if answer in ours or without_parentheses in ours:
        return 1.0
    similarity = max(SequenceMatcher(None, answer, one).ratio() for one in ours)
    contains_name = any(set(one.split()) <= set(answer.split()) for one in ours)
    # "Registered nurse" is probably "nurse", but a person should confirm it.
    return max(similarity * 0.99, POSSIBLE if contains_name else 0.0)


def _score(fact: str, question: Question, vocabulary: Vocabulary) -> float:
    if fact == "language":
        return 1.0 if question.key == "userLanguage" else 0.0
    if fact == "invitation":
        is_ours = question.kind is Kind.EMBEDDED and plain(question.key) == fact
        return 5.0 if is_ours else 0.0
    if question.kind is Kind.EMBEDDED:
        is_source = re.fullmatch(wording.FOUND_AT_FIELD, plain(question.key))
        return 5.0 if fact == "found_at" and is_source else 0.0
    if fact == "safety":
        return _question_score(fact, question) + IN_TEXT if looks_like_safety(question) else 0.0
    if question.kind is Kind.TEXT:
        is_typed = fact in (*TYPED, "unit", "found_at", "not_before")
        return _question_score(fact, question) if is_typed else 0.0
    return _score_of_choice(fact, question, vocabulary) if question.kind is Kind.CHOICE else 0.0


def _score_of_choice(fact: str, question: Question, vocabulary: Vocabulary) -> float:
    wish = _share_known(_choice_word("wish", plain(label)) for label in question.choices.values())
    if fact in WISHES:
        score = _question_score(WISHES[fact], question)
        return score + IN_ANSWERS * wish if score and wish >= 0.5 else 0.0
    score = _question_score(fact, question)
    if wish >= 0.5 or not score or fact in TYPED or looks_like_safety(question):
        return 0.0
    if question.part and fact not in MAY_BE_LONG:
        # A statement of a matrix is rated; it does not ask.
        return 0.0
    if fact in NAMED_IN_PROGRAM:
        return _score_of_named(fact, question, vocabulary, score)
    if fact in ("contact", "asks_first"):
        known = _share_known(one.word for one in meanings(fact, question, vocabulary))
        return score + IN_ANSWERS * known if known >= 0.5 else 0.0
    if fact == "not_before":
        times = _share_known(_time_of_day(plain(label)) for label in question.choices.values())
        return score + IN_ANSWERS * times if times >= 0.5 else 0.0
    return 0.0 if is_scale(question) else score


def _score_of_named(fact: str, question: Question, vocabulary: Vocabulary, score: float) -> float:
    """Return the score of a question for names: some of them are ours, or it asks nothing else."""
    if is_scale(question):
        return 0.0
    found = _telling(fact, question, vocabulary)
    known = _share_known(one.word for one in found)
    has_evidence = known or any(one.guess for one in found) or may_be_names(question)
    return score + IN_ANSWERS * known if has_evidence else 0.0


def _time_of_day(answer: str) -> str | None:
    return answer if re.search(wording.TIME_OF_DAY, answer) else None


def _question_score(fact: str, question: Question) -> float:
    text, part = plain(question.text), plain(question.part)
    if re.search(wording.NOT_ASKING_FOR.get(fact, r"(?!)"), f"{text} {part}"):
        return 0.0
    search = re.search if fact in MAY_BE_LONG else asks_early if fact in ADDRESSES else asks
    in_part = search(wording.ASKS_FOR[fact], part) if part else None
    if in_part:
        return IN_PART + _bonus_for_early(in_part)
    in_text = search(wording.ASKS_FOR[fact], text)
    return (BESIDE_PART if part else IN_TEXT) + _bonus_for_early(in_text) if in_text else 0.0


def _bonus_for_early(match: re.Match[str]) -> float:
    """Return more for an early match: a question names its subject first, then its reason."""
    return 1 / (2 + match.start())


def _share_known(words: Iterable[str | None]) -> float:
    found = list(words)
    return sum(word is not None for word in found) / len(found) if found else 0.0


def unused(questions: Sequence[Question], found: Mapping[str, Question]) -> Iterator[Question]:
    """Yield the questions that no fact uses."""
    asked = (question for question in questions if not question.is_trashed)
    yield from (q for q in asked if q not in found.values() and q.kind is not Kind.METADATA)


#: In the order of survey.toml. Of two facts that fit a question equally well, the first gets it.
FACTS = (
    *("name", "email", "phone", "unit", "not_wanted", "language", "found_at", "note", "invitation"),
    *("contact", "not_before", *NAMED_IN_PROGRAM, *WISHES, "asks_first", "safety"),
)
