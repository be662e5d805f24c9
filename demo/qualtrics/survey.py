"""The demo's survey: one definition for the form, the API and the exports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """The kind of a question, which decides the keys and shapes of its answers."""

    TEXT = "text"
    ESSAY = "essay"
    SINGLE = "single"
    MULTIPLE = "multiple"
    MATRIX = "matrix"


@dataclass(frozen=True)
class Field:
    """One key of a response's values. `choices` maps recode values to labels."""

    key: str
    export_tag: str
    question_id: str
    description: str
    choices: Mapping[int, str] = field(default_factory=dict)
    is_multiple: bool = False

    @property
    def displayed_values(self) -> list[int] | list[str]:
        """Return the possible choices: numbers, or strings if several may be chosen."""
        return [str(value) for value in self.choices] if self.is_multiple else list(self.choices)


@dataclass(frozen=True)
class Question:
    """One question, with everything that its various representations need."""

    id: str
    kind: Kind
    text: str
    choices: Mapping[int, str] = field(default_factory=dict)
    statements: Mapping[int, str] = field(default_factory=dict)
    recodes: Mapping[int, int] = field(default_factory=dict)
    other_choice: int | None = None
    is_required: bool = False
    note: str = ""
    input_type: str = "text"
    autocomplete: str = "off"
    asks_about_safety: bool = False

    @property
    def export_tag(self) -> str:
        """Return the name that the survey editor shows: Q1 for QID1."""
        return self.id.replace("QID", "Q")

    @property
    def options(self) -> dict[int, str]:
        """Return the labels of the choices by recode value."""
        return {self.recode(choice): label for choice, label in self.choices.items()}

    def recode(self, choice: int) -> int:
        """Return the recode value of a choice, which responses contain."""
        return self.recodes.get(choice, choice)

    def renamed(self, choice: int, label: str) -> "Question":
        """Return the question with a new label for a choice, or with an added choice."""
        return replace(self, choices={**self.choices, choice: label})

    def recoded(self, choice: int, value: int) -> "Question":
        """Return the question with a new recode value for a choice."""
        recodes = {each: self.recode(each) for each in self.choices}
        return replace(self, recodes={**recodes, choice: value})

    def fields(self) -> Iterator[Field]:
        """Yield the keys that an answer to this question may fill."""
        if self.kind in (Kind.TEXT, Kind.ESSAY):
            yield Field(f"{self.id}_TEXT", self.export_tag, self.id, self.text)
        elif self.kind is Kind.MATRIX:
            yield from map(self._statement_field, self.statements)
        else:
            yield self._choice_field()
            if self.other_choice is not None:
                yield self._other_field(self.other_choice)

    def _statement_field(self, number: int) -> Field:
        return Field(
            f"{self.id}_{number}",
            f"{self.export_tag}_{number}",
            self.id,
            f"{self.text} - {self.statements[number]}",
            self.options,
        )

    def _choice_field(self) -> Field:
        is_multiple = self.kind is Kind.MULTIPLE
        return Field(self.id, self.export_tag, self.id, self.text, self.options, is_multiple)

    def _other_field(self, choice: int) -> Field:
        suffix = f"_{choice}_TEXT"
        description = f"{self.text} - {self.choices[choice]} - Text"
        return Field(self.id + suffix, self.export_tag + suffix, self.id, description)


@dataclass(frozen=True)
class Survey:
    """A survey: its questions, its trash, and the embedded data that its links may carry."""

    id: str
    name: str
    questions: tuple[Question, ...]
    embedded: tuple[str, ...] = ()
    trash: tuple[Question, ...] = ()
    modified_at: datetime | None = None
    #: What the form says first, and what it says at the end.
    intro: str = (
        "A trained colleague will get in touch with you, the way you choose. You don't have to say"
        " what happened, and no one judges you."
    )
    thanks: str = ""

    def fields(self) -> list[Field]:
        """Return the keys of all questions, in the order of the form."""
        return list(self.field_of.values())

    @cached_property
    def field_of(self) -> dict[str, Field]:
        """Return the fields of all questions by key, computed once."""
        return {field.key: field for question in self.questions for field in question.fields()}

    @cached_property
    def displayed_values(self) -> dict[str, list[int] | list[str]]:
        """Return the possible choices of each field by key, computed once."""
        return {key: f.displayed_values for key, f in self.field_of.items() if f.choices}

    def question(self, question_id: str) -> Question:
        """Return a question of the form."""
        return next(each for each in self.questions if each.id == question_id)

    def changed(self, question: Question) -> "Survey":
        """Return the survey with this question replaced by its new version, or added at the end."""
        if all(each.id != question.id for each in self.questions):
            return replace(self.without(question.id), questions=(*self.questions, question))
        kept = (question if each.id == question.id else each for each in self.questions)
        return replace(self, questions=tuple(kept))

    def trashed(self, question_id: str) -> "Survey":
        """Return the survey with a question moved to the trash."""
        moved = self.question(question_id)
        return replace(self.without(question_id), trash=(*self.trash, moved))

    def without(self, question_id: str) -> "Survey":
        """Return the survey with a question deleted for good."""
        questions, trash = (
            tuple(each for each in group if each.id != question_id)
            for group in (self.questions, self.trash)
        )
        return replace(self, questions=questions, trash=trash)


#: Not part of every form: the demo's own asks it.
ASKS_FIRST = Question(
    "QID16",
    Kind.SINGLE,
    "Would you like to know who it is, and say yes, before they learn your name?",
    {1: "Yes", 2: "No"},
    note="It may take a day longer.",
)
NOMINATION = Survey(
    id="SV_8nominate0001",
    name="Nominate a peer supporter",
    intro="Do you know someone who listens well? We'll ask if they'd like to be considered as a"
    " peer supporter. No one is told what they answer.",
    thanks="Thank you. We'll ask them.",
    questions=(
        Question("QID1", Kind.TEXT, "Your colleague's name", is_required=True),
        Question(
            "QID2",
            Kind.TEXT,
            "Your colleague's work email",
            is_required=True,
            input_type="email",
            note="We'll ask if they'd like to be considered. It's their choice.",
        ),
        Question("QID3", Kind.TEXT, "Your name, if you like", autocomplete="name"),
        Question(
            "QID4",
            Kind.SINGLE,
            "May the coordinators know that it was you?",
            {1: "Yes", 2: "No"},
        ),
    ),
)
REFERRAL = Survey(
    id="SV_8worried00001",
    name="Tell us about a colleague",
    intro="Are you worried about a colleague? We'll write to them once, in private, that peer"
    " support is there. They decide, and no one learns what they say.",
    thanks="Thank you. If we can, we write to them once. You won't hear what they say, and no one"
    " else will.",
    questions=(
        Question(
            "QID2",
            Kind.TEXT,
            "Your colleague's work email",
            is_required=True,
            input_type="email",
        ),
        Question(
            "QID3",
            Kind.TEXT,
            "Your own name",
            is_required=True,
            autocomplete="name",
            note="You won't be the one who calls them, and we won't tell them.",
        ),
        Question(
            "QID4",
            Kind.TEXT,
            "Your own work email",
            input_type="email",
            autocomplete="email",
            note="So that we don't take you for someone else.",
        ),
    ),
)
PEER_SUPPORT = Survey(
    id="SV_8peerSupport01",
    name="Peer support request",
    embedded=("source", "invitation"),
    questions=(
        Question("QID1", Kind.TEXT, "Your name", is_required=True, autocomplete="name"),
        Question("QID2", Kind.TEXT, "E-mail", input_type="email", autocomplete="email"),
        Question("QID3", Kind.TEXT, "Phone", input_type="tel", autocomplete="tel"),
        Question(
            "QID4",
            Kind.MULTIPLE,
            "How may we contact you?",
            {1: "E-mail", 2: "Text message", 3: "Phone call", 4: "Voicemail is fine"},
            note="Choose all that are fine with you.",
        ),
        Question(
            "QID5",
            Kind.SINGLE,
            "When may we call?",
            {1: "Any time", 2: "Not before noon", 3: "Not before 4 PM", 4: "Not before 7 PM"},
        ),
        Question(
            "QID6",
            Kind.SINGLE,
            "Your department",
            {
                1: "Emergency Medicine",
                2: "Surgery",
                3: "Obstetrics and Gynecology",
                4: "Another department",
            },
        ),
        Question("QID7", Kind.TEXT, "Your unit or place of work"),
        Question(
            "QID8",
            Kind.SINGLE,
            "Your role",
            {
                1: "Nurse",
                2: "Physician",
                3: "Nurse practitioner",
                4: "Physician assistant",
                5: "Resident or fellow",
                6: "Pharmacist",
                7: "Technician or therapist",
                8: "Other",
            },
            other_choice=8,
        ),
        Question(
            "QID9",
            Kind.SINGLE,
            "Your specialty",
            {
                1: "Emergency medicine",
                2: "General surgery",
                3: "Anesthesiology",
                4: "Obstetrics and gynecology",
                5: "Critical care",
                6: "Hospital medicine",
                7: "Other",
            },
        ),
        Question(
            "QID10",
            Kind.MATRIX,
            "I'd like to talk to someone whose … is",
            {1: "Similar to mine", 2: "Different from mine", 3: "No preference"},
            statements={1: "role", 2: "specialty", 3: "department"},
        ),
        Question(
            "QID11",
            Kind.ESSAY,
            "Colleagues you would rather not talk to",
            note="Names only. We won't ask why. Please write nothing about patients.",
        ),
        Question(
            "QID12",
            Kind.SINGLE,
            "Do you feel safe right now?",
            {1: "Yes, I feel safe", 2: "I am not sure", 3: "No, I may not be safe"},
            is_required=True,
            asks_about_safety=True,
            note=(
                "If you might hurt yourself, or someone might hurt you, please don't wait for us:"
                " call or text 988, the Suicide & Crisis Lifeline, any time. In an emergency, call"
                " 911."
            ),
        ),
    ),
)
*_BEFORE_SAFETY, _SAFETY = PEER_SUPPORT.questions
WITH_ASKS_FIRST = replace(PEER_SUPPORT, questions=(*_BEFORE_SAFETY, ASKS_FIRST, _SAFETY))
