"""Which given names are short for each other: English ones by a kept list, Spanish ones by ours."""

from functools import cache

#: Spanish given names and what friends call them; the English list lacks them.
SPANISH = {
    "alberto": "beto", "alejandra": "ale jandra", "alejandro": "ale jandro", "antonio": "tono",
    "beatriz": "bea", "concepcion": "concha conchita", "consuelo": "chelo", "dolores": "lola",
    "eduardo": "edu lalo", "enrique": "kike quique", "esperanza": "lancha", "fernando": "nando",
    "francisca": "paca paquita", "francisco": "curro kiko paco pancho", "gabriela": "gabi",
    "graciela": "chela", "guadalupe": "lupe lupita", "guillermo": "guille memo",
    "ignacio": "nacho", "isabel": "chabela isa", "jesus": "chucho chuy", "jose": "pepe",
    "josefa": "pepa", "juan": "juancho", "luis": "lucho", "manuel": "manolo manu",
    "maria": "mari marita", "mercedes": "meche merche", "patricia": "paty", "rafael": "rafa",
    "ricardo": "richi", "roberto": "beto", "rosario": "charo", "santiago": "santi",
    "sebastian": "sebas", "teresa": "tere", "victoria": "vicky",
}  # fmt: skip


def is_nickname(word: str, given: str) -> bool:
    """Tell whether one of two given names is short for the other, or both for a third."""
    return bool(whole_names(word) & whole_names(given)) and word != given


def whole_names(name: str) -> frozenset[str]:
    """Return the names that this one may stand for, itself included."""
    return _names_by_short_form().get(name, frozenset()) | {name}


@cache
def _names_by_short_form() -> dict[str, frozenset[str]]:
    from nicknames import name_triplets  # Loads a file, and most requests need none.

    found = dict[str, set[str]]()
    for given, _, short in name_triplets():
        found.setdefault(short, set()).add(given)
    for given, several in SPANISH.items():
        for short in several.split():
            found.setdefault(short, set()).add(given)
    return {short: frozenset(names) for short, names in found.items()}
