"""The forms to start from: what they ask, with the program's own departments and roles."""

from collections.abc import Callable, Iterable, Mapping

from lib.languages.language import Language, for_requesters
from program import Program
from qualtrics.form.writing import Asked, Asking, Written

INTRO = for_requesters(
    "A trained colleague will get in touch with you, the way you choose. You don’t have to say what"
    " happened. Please write nothing about patients."
)
NOT_WANTED = for_requesters(
    "Colleagues you would rather not talk to. Names only; we won’t ask why."
)
UNIT = for_requesters(
    "Your unit or place of work. We ask so that the person who leads it doesn’t see your request."
    " You can leave this blank."
)
ASKED_FIRST = for_requesters(
    "Would you like to know who it is, and say yes, before they learn your name? It may take a day"
    " longer."
)
IN_DANGER = for_requesters(
    "If you might hurt yourself, or someone might hurt you, please don’t wait for us."
)
NOMINATING = for_requesters(
    "Who would you want to talk to after a hard shift? We’ll ask them if they’d like to become a"
    " peer supporter. They decide, and no one learns what they say."
)
WORRIED = for_requesters(
    "Are you worried about a colleague? We’ll write to them once, in private, that peer support is"
    " there. They decide, and no one learns what they say. If they may be in danger, call for help"
    " now and stay with them."
)
LOOKING_BACK = for_requesters(
    "You asked for support some time ago. These four questions help us do better. We can’t tell who"
    " answers."
)

CONTACT = (
    for_requesters("E-mail"),
    for_requesters("Text message"),
    for_requesters("Phone call"),
    for_requesters("Voicemail is fine"),
)
NOT_BEFORE = (
    for_requesters("Any time"),
    for_requesters("Not before noon"),
    for_requesters("Not before 4 PM"),
    for_requesters("Not before 7 PM"),
)
ABOUT = (for_requesters("role"), for_requesters("specialty"), for_requesters("department"))
WISHES = (
    for_requesters("Similar to mine"),
    for_requesters("Different from mine"),
    for_requesters("No preference"),
)
SAFE = (
    for_requesters("Yes, I feel safe"),
    for_requesters("I am not sure"),
    for_requesters("No, I may not be safe"),
)
YES_NO = (for_requesters("Yes"), for_requesters("No"))
HOW_MUCH = (
    for_requesters("A lot"),
    for_requesters("Somewhat"),
    for_requesters("A little"),
    for_requesters("Not at all"),
)


def forms(program: Program, language: Language) -> dict[str, Written]:
    """Return the forms in a language, by the names of their files."""
    made = {
        "request": _request,
        "nomination": _nomination,
        "referral": _referral,
        "feedback": _feedback,
    }
    return {f"{name}-{language.code}": make(program, language) for name, make in made.items()}


def _request(program: Program, language: Language) -> Written:
    say, own, file = language.say, language.own, program.file
    crisis = f"{own(file.crisis.name)}: {own(file.crisis.text)}\n{own(file.emergency_text)}"
    departments = _names(own, (one.name for one in program.departments.values()))
    roles = _names(own, (one.name for one in program.roles.values()))
    questions = (
        Asked(13, Asking.WORDS, say(INTRO)),
        Asked(1, Asking.LINE, say("Your name"), is_required=True),
        Asked(2, Asking.LINE, say("Your e-mail address"), is_address=True),
        Asked(3, Asking.LINE, say("Your phone number")),
        Asked(4, Asking.SEVERAL, say("How may we contact you?"), _said(say, CONTACT)),
        Asked(5, Asking.ONE, say("When may we call you?"), _said(say, NOT_BEFORE)),
        Asked(6, Asking.ONE, say("Your department"), departments),
        Asked(7, Asking.LINE, say(UNIT)),
        Asked(8, Asking.ONE, say("Your role"), roles),
        Asked(9, Asking.ONE, say("Your specialty"), _names(own, file.specialties.values())),
        Asked(
            10,
            Asking.EACH,
            say("I’d like to talk to someone whose … is"),
            _said(say, WISHES),
            _said(say, ABOUT),
        ),
        Asked(11, Asking.LINES, say(NOT_WANTED)),
        Asked(15, Asking.ONE, say(ASKED_FIRST), _said(say, YES_NO)),
        Asked(
            12, Asking.ONE, say("Do you feel safe right now?"), _said(say, SAFE), is_required=True
        ),
        Asked(14, Asking.WORDS, f"{say(IN_DANGER)}\n{crisis}"),
    )
    return _form(
        program,
        language,
        "request",
        say("Peer support request"),
        questions,
        ("source", "invitation"),
    )


def _colleague(say: Callable[[str], str]) -> Asked:
    """Return the question for the address of the person who is named."""
    address = say("Your colleague’s work e-mail address")
    return Asked(2, Asking.LINE, address, is_required=True, is_address=True)


def _nomination(program: Program, language: Language) -> Written:
    say = language.say
    questions = (
        Asked(5, Asking.WORDS, say(NOMINATING)),
        Asked(1, Asking.LINE, say("Your colleague’s name"), is_required=True),
        _colleague(say),
        Asked(3, Asking.LINE, say("Your own name, if you like")),
        Asked(4, Asking.ONE, say("May the coordinators know that it was you?"), _said(say, YES_NO)),
    )
    name = say("Nominate a peer supporter")
    return _form(program, language, "nomination", name, questions)


def _referral(program: Program, language: Language) -> Written:
    say = language.say
    questions = (
        Asked(5, Asking.WORDS, say(WORRIED)),
        _colleague(say),
        Asked(
            3,
            Asking.LINE,
            say("Your own name. You won’t be the one who calls them, and we won’t tell them."),
            is_required=True,
        ),
        Asked(
            4,
            Asking.LINE,
            say("Your own work e-mail address, so that we don’t take you for someone else"),
            is_address=True,
        ),
    )
    name = say("Tell us about a colleague")
    return _form(program, language, "referral", name, questions)


def _feedback(program: Program, language: Language) -> Written:
    say = language.say
    questions = (
        Asked(5, Asking.WORDS, say(LOOKING_BACK)),
        Asked(1, Asking.ONE, say("Did a colleague get in touch with you?"), _said(say, YES_NO)),
        Asked(2, Asking.ONE, say("Was it soon enough?"), _said(say, YES_NO)),
        Asked(3, Asking.ONE, say("Did it help to talk?"), _said(say, HOW_MUCH)),
        Asked(
            4, Asking.ONE, say("Would you tell a colleague about peer support?"), _said(say, YES_NO)
        ),
    )
    return _form(program, language, "feedback", say("How was it?"), questions)


def _form(
    program: Program,
    language: Language,
    kind: str,
    name: str,
    questions: tuple[Asked, ...],
    embedded: tuple[str, ...] = (),
) -> Written:
    # Qualtrics gives an imported form another id.
    id = f"SV_0{kind}{language.code}".ljust(18, "0")
    return Written(id, name, program.file.mail_name, language.code, questions, embedded)


def _said(say: Callable[[str], str], words: Iterable[str]) -> Mapping[int, str]:
    return {number: say(one) for number, one in enumerate(words, 1)}


def _names(own: Callable[[str], str], names: Iterable[str]) -> Mapping[int, str]:
    return {number: own(one) for number, one in enumerate(names, 1)}
