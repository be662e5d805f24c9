"""Words that people write around names, and answers that say no one, in English and Spanish."""

import re
import unicodedata

from lib.text import folded

AFTER_NAMES = {"jr", "sr", "ii", "iii", "iv", "md", "phd", "rn", "np"}
#: Titles that one list writes with a name and another leaves out.
AROUND_A_NAME = AFTER_NAMES | {"dr", "miss", "mr", "mrs", "ms", "prof", "professor"}
#: Usual words around names: they are no evidence for or against anyone.
AROUND_NAMES = AFTER_NAMES | {
    "a", "all", "also", "an", "any", "anybody", "anyone", "avoid", "boss", "but", "charge",
    "chief", "clinical", "colleague", "colleagues", "coordinador", "coordinadora", "coordinator",
    "coworker", "director", "do", "doctor",
    "don", "dont", "dr", "everybody", "everyone", "except", "floor", "head", "her", "his", "i",
    "lead", "manager", "maybe", "me", "medical", "miss", "mr", "mrs", "ms", "my", "neither",
    "never", "no", "nobody", "none", "not", "nurse", "nurses", "nursing", "old", "one", "other",
    "our", "people", "perhaps", "person", "please", "prof", "professor", "rather", "s",
    "sister", "somebody", "someone", "supervisor", "surgical", "t", "tall", "team", "thank",
    "thanks", "that", "the", "their", "this", "unit", "want", "ward", "we", "would", "you",
    "young", "your", "con", "doctora", "dra", "el", "enfermera", "enfermero", "favor", "gracias",
    "hablar", "la", "mi", "nadie", "ni", "por", "prefiero", "quiero", "senor", "senora", "sr",
    "sra", "srta", "called", "named", "name",
}  # fmt: skip
#: Given names that are more often another word when they begin with a small letter: "I will".
ALSO_WORDS = {
    "angel", "app", "april", "art", "august", "bill", "can", "case", "chance", "charm", "chase",
    "court", "dawn", "day", "dean", "dot", "drew", "duty", "early", "eve", "faith", "fall", "fate",
    "field", "ford", "frank", "gene", "grace", "grant", "green", "guy", "honor", "hope", "hunter",
    "joy", "june", "kill", "king", "kit", "lane", "left", "life", "long", "love", "major", "man",
    "mark", "may", "memo", "mercy", "miles", "nada", "nap", "one", "page", "pat", "pink",
    "quien", "rich", "rob", "rose", "sly", "son", "star", "sue", "summer", "sun", "than", "tick",
    "van", "vet", "wash", "west", "will", "win", "wood",
}  # fmt: skip
#: What comes right before a name, even if the name is a usual word: "Dr. Young".
TITLES = AROUND_A_NAME - AFTER_NAMES | {
    "coordinador", "coordinadora", "coordinator", "doctor", "doctora", "dra", "enfermera",
    "enfermero", "nurse", "senor", "senora", "sr", "sra", "srta",
}  # fmt: skip
#: Words that end the name; what follows describes the person.
AFTER_A_NAME = {
    "at", "because", "for", "from", "has", "in", "is", "of", "on", "since", "was", "when",
    "which", "who", "whom", "with",
}  # fmt: skip
#: Beside a name, these mean more people than the one who is named: "Cole's team".
GROUPS = {
    "all", "anybody", "anyone", "colleague", "colleagues", "coworker", "everybody", "everyone",
    "floor", "nurses", "other", "people", "sister", "team", "unit", "ward",
}  # fmt: skip
#: Said beside names, these mean no one.
POLITE = {
    "also", "and", "but", "especially", "favor", "gracias", "maybe", "mostly", "perhaps", "please",
    "plus", "por", "really", "thank", "thanks",
}  # fmt: skip
#: Beside these, a word is still a whole entry: "not Young, please".
AROUND_WHOLE_ENTRY = POLITE | TITLES | {
    "anybody", "anyone", "cualquiera", "everybody", "everyone", "excepto", "except", "menos", "no",
    "not", "todos",
}  # fmt: skip
#: Words, without the s of a plural, for roles that our files name: who coordinates, who leads.
COORDINATES = {
    "coordina", "coordinador", "coordinadora", "coordinadore", "coordinan", "coordinate",
    "coordinating", "coordinator",
}  # fmt: skip
LEADS = {
    "administration", "boss", "bosse", "chief", "direccion", "director", "directora", "directore",
    "encargada", "encargado", "executive", "gerencia", "gerente", "head", "jefa", "jefatura",
    "jefe", "lead", "leader", "leadership", "lider", "liderazgo", "lidere", "management",
    "manager", "superior", "superiore", "supervisor", "supervisora", "supervisore",
}  # fmt: skip
#: What people call the program; who runs it coordinates.
PEER_SUPPORT = re.compile(r"\b(peer support|apoyo entre (colegas|companeros|pares))\b")
#: Whole answers, or parts of one, that say no one: only what no one could mean otherwise.
SAYS_NOBODY = {
    "",
    *("no", "nope", "none", "nil", "nobody", "no one", "noone", "nothing", "n a", "na"),
    *("not applicable", "not really", "no preference", "no preferences", "i have no preference"),
    *("nobody in particular", "no one in particular", "none in particular", "nobody specific"),
    *("no one specific", "nobody comes to mind", "no one comes to mind", "none at this time"),
    *("none that i can think of", "nobody that i can think of", "no one that i can think of"),
    *("nobody i can think of", "no one i can think of", "not at this time"),
    *("anyone is fine", "anybody is fine", "anyone is ok", "anyone is okay", "everyone is fine"),
    *("i don t mind", "i do not mind", "doesn t matter", "does not matter", "it doesn t matter"),
    *("ninguno", "ninguna", "nadie", "nada", "nadie en particular", "ninguno en particular"),
    *("sin preferencia", "no tengo preferencia", "no aplica", "me da igual"),
}  # fmt: skip
#: The categories of characters that say nothing by themselves; an emoji does say something.
SILENT = ("P", "Z", "C", "Sk", "Sm", "Sc")


def says_nobody(text: str) -> bool:
    """Tell whether a text certainly means no one: "n/a", "none, thank you", a dash."""
    if not re.search(r"\w", text):
        return all(unicodedata.category(one).startswith(SILENT) for one in text)
    words = re.findall(r"[^\W_]+", folded(text))
    return any(" ".join(some) in SAYS_NOBODY for some in (words, _impolite(words)) if some)


def is_polite(text: str) -> bool:
    """Tell whether a part of an answer only joins or thanks."""
    return not _impolite(re.findall(r"[^\W_]+", folded(text)))


def _impolite(words: list[str]) -> list[str]:
    pairs = zip(["", *words], words, strict=False)
    # Min You is somebody, "thank you" is not.
    return [word for pair in pairs if (word := pair[1]) not in POLITE and pair != ("thank", "you")]
