"""The survey of the demo: its questions, once, for the form, the API and the exports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of question it is, which decides the keys and shapes of its answers."""

    TEXT = "text"
    ESSAY = "essay"
    SINGLE = "single"
    MULTIPLE = "multiple"
    MATRIX = "matrix"


@dataclass(frozen=True)
class Field:
    """One key of a response's values, as the API names it."""

    key: str
    export_tag: str
    question_id: str
    description: str
    choices: Mapping[int, str] = field(default_factory=dict)
    is_multiple: bool = False


@dataclass(frozen=True)
class Question:
    """One question, with everything that any rendering of it needs."""

    id: str
    kind: Kind
    text: str
    choices: Mapping[int, str] = field(default_factory=dict)
    statements: Mapping[int, str] = field(default_factory=dict)
    other_choice: int | None = None
    is_required: bool = False
    note: str = ""
    input_type: str = "text"
    autocomplete: str = "off"
    asks_about_safety: bool = False

    @property
    def export_tag(self) -> str:
        """Return the name that the editor of the survey shows, Q1 for QID1."""
        return self.id.replace("QID", "Q")

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
            self.choices,
        )

    def _choice_field(self) -> Field:
        is_multiple = self.kind is Kind.MULTIPLE
        return Field(self.id, self.export_tag, self.id, self.text, self.choices, is_multiple)

    def _other_field(self, choice: int) -> Field:
        suffix = f"_{choice}_TEXT"
        description = f"{self.text} - {self.choices[choice]} - Text"
        return Field(self.id + suffix, self.export_tag + suffix, self.id, description)


@dataclass(frozen=True)
class Survey:
    """A survey: its questions and the embedded data that its links may carry."""

    id: str
    name: str
    questions: tuple[Question, ...]
    embedded: tuple[str, ...] = ()

    def fields(self) -> list[Field]:
        """Return the keys of all questions, in the order of the form."""
        return [field for question in self.questions for field in question.fields()]


PEER_SUPPORT = Survey(
    id="SV_8peerSupport01",
    name="Peer support request",
    embedded=("source",),
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
            {1: "Any time", 2: "Not before noon", 3: "Not before 4 pm", 4: "Not before 7 pm"},
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
            "I would like to talk to somebody whose … is",
            {1: "Similar to mine", 2: "Different from mine", 3: "No preference"},
            statements={1: "role", 2: "specialty", 3: "department"},
        ),
        Question(
            "QID11",
            Kind.ESSAY,
            "Colleagues you would rather not talk to",
            note="Names only. We will not ask you why. Please do not write about patients.",
        ),
        Question(
            "QID12",
            Kind.SINGLE,
            "Do you feel safe right now?",
            {1: "Yes, I feel safe", 2: "I am not sure", 3: "No, I may not be safe"},
            is_required=True,
            asks_about_safety=True,
            note=(
                "If you might harm yourself, or somebody else might harm you, please do not wait"
                " for us: call or text 988, the Suicide and Crisis Lifeline, at any hour. In an"
                " emergency call 911."
            ),
        ),
    ),
)
