"""flask match: prints the candidates for a request, their order and the arithmetic."""

import re
from collections.abc import Collection, Iterator, Sequence

import click

from casebook import duplicates
from commands.service import cli, read_only_engine
from engine.engine import Engine
from matching.ranking import Candidate, Ranking, rank
from matching.what_if import NotUnderstood, facts_of, undecided
from matching.wishes import unmeetable
from workflow import words
from workflow.errors import NoSuchCase
from workflow.model import Case, State

REFERENCE = re.compile(r"PS-[A-Z0-9]{5}")
#: Used as the reference of an invented request; equal candidates are ordered by it.
INVENTED_REFERENCE = "what if"


@cli.command("match")
@click.argument("words_given", metavar="REFERENCE or KEY=VALUE …", nargs=-1, required=True)
@click.option("--what-if", is_flag=True, help="Invent a request: role=physician wish.role=similar")
def match_command(words_given: tuple[str, ...], what_if: bool) -> None:
    """Print who would be proposed for a request.

    Each has their points. Shows neither who asked nor who is not free today.
    """
    engine = read_only_engine()
    if what_if:
        _what_if(engine, words_given)
    elif len(words_given) == 1:
        _request(engine, words_given[0].upper())
    else:
        raise click.ClickException("Give one reference, or --what-if before KEY=VALUE …")


def _request(engine: Engine, reference: str) -> None:
    if not REFERENCE.fullmatch(reference):
        raise click.ClickException(f'"{reference}" is not a reference: write it like PS-7K3QF')
    try:
        loaded = engine.casebook.load(reference)
    except NoSuchCase as error:
        raise click.ClickException(f"{error}, or it was forgotten") from error
    # As its own page shows it: whoever filed it must not read here that there is another one.
    loaded = duplicates.as_own(engine.casebook, loaded, engine.casebook.made_at)
    if not loaded.case.is_open:
        raise click.ClickException(f"{reference} is closed: no one is proposed for it")
    # Ranked without the person's identity. Otherwise, comparing with an invented request would show
    # whom they do not want, and who leads them or works close to them.
    ranking = _ranking(engine, loaded.case)
    without_cautions = [candidate for candidate in ranking.candidates if not candidate.cautions]
    left_out = len(engine.casebook.listed) - len(without_cautions)
    _print(ranking, without_cautions)
    _count(left_out, "not active, or better not asked")
    click.echo(
        "Only the request's page leaves out whom the requester does not want or is close to, and"
        " who is not available today."
    )


def _what_if(engine: Engine, given: tuple[str, ...]) -> None:
    program = engine.program
    known: dict[str, Collection[str]] = {
        "role": program.roles,
        "specialty": program.file.specialties,
        "department": program.departments,
        "wish.site": sorted({s.site for s in program.supporters.values() if s.site}),
    }
    try:
        facts = facts_of(given, known)
    except NotUnderstood as error:
        raise click.ClickException(f"{error}.") from error
    for what in undecided(facts):
        click.echo(
            f"The wish about the {what} has no effect without {what}=ID: no one is compared."
        )
    for sentence in unmeetable(facts, program.matching):
        click.echo(sentence)
    now = engine.casebook.made_at
    case = Case(INVENTED_REFERENCE, State.IN_REVIEW, 0, now, now, facts)
    ranking = _ranking(engine, case)
    _print(ranking, ranking.candidates)
    _count(ranking.unavailable, "not active")
    for sentence in ranking.to_relax:
        click.echo(f"{sentence}.")


def _ranking(engine: Engine, case: Case) -> Ranking:
    """Rank the roster as the files have it: who asks for support must not show here."""
    casebook, program = engine.casebook, engine.program
    today = program.today(casebook.made_at)
    return rank(case, None, casebook.listed, casebook.loads(), program.matching, today)


def _print(ranking: Ranking, candidates: Sequence[Candidate]) -> None:
    click.echo(f"Wishes: {'; '.join(words.wishes(ranking.facts))}.")
    for line in words.table(_rows(candidates)) if candidates else ["Nobody fits."]:
        click.echo(line)


def _count(number: int, what: str) -> None:
    if number:
        click.echo(f"{words.counted(number, 'colleague')} {'is' if number == 1 else 'are'} {what}.")


def _rows(candidates: Sequence[Candidate]) -> Iterator[tuple[str, ...]]:
    columns = [what for what, _ in max((c.points for c in candidates), key=len)]
    yield ("", "supporter", *columns, "score", "why")
    for place, candidate in enumerate(candidates, start=1):
        points = dict(candidate.points)
        numbers = (f"{points.get(what, 0):.2f}" for what in columns)
        but = (f"but {caution}" for caution in candidate.cautions)
        why = "; ".join((*candidate.reasons, *but))
        yield (f"{place}", candidate.supporter.id, *numbers, f"{candidate.score:.2f}", why)
