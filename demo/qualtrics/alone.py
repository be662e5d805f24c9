"""The stand-in alone on a port: `python -m demo.qualtrics --port 8025`."""

import argparse
import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from demo.qualtrics.api.responses import Answer
from demo.qualtrics.stand_in import TOKEN, Behavior, StandIn, utc_now
from demo.qualtrics.survey import PEER_SUPPORT, Kind, Question, Survey
from demo.serving import served

WORDS = {
    "QID1": ("Alex Doe", "Robin Vale", "Sasha Brook", "Kim Marlow", "Jo Ashby"),
    "QID2": ("one@example.org", "two@example.org", "three@example.org"),
    "QID3": ("860-555-0101", "860-555-0102", "860-555-0103"),
    "QID7": ("Night float", "Tower 3", "Clinic B"),
}
FEW_WORDS = ("One line.", "Two lines,\nand a comma.", 'With "quotation marks".')

HOW_TO = """
  The stand-in for Qualtrics listens at {url}

  base address   {url}/API/v3
  token          {token}   (as X-API-TOKEN)
  survey         {survey.id}   {survey.name!r}, {count} responses
  form           {url}/jfe/form/{survey.id}
  exported .qsf  {url}/qsf/{survey.id}
{oauth}
  curl -H 'X-API-TOKEN: {token}' {url}/API/v3/surveys

  A client that knows only https://<data center>.qualtrics.com: see demo/README.md. Ctrl-C ends it.
"""
OAUTH = """  OAuth          POST {url}/oauth2/token, client {client_id}, grant client_credentials
"""


def main() -> None:
    """Read the arguments, then serve until Ctrl-C."""
    arguments = _arguments()
    stand_in = StandIn(
        replace(PEER_SUPPORT, id=arguments.survey),
        token=arguments.token,
        client=arguments.client,
        behavior=Behavior(readable_after=arguments.readable_after),
        seed=arguments.seed,
    )
    fill(stand_in, arguments.responses, random.Random(arguments.seed))
    with served(stand_in.app, port=arguments.port) as url:
        print(_how_to(stand_in, url, arguments.responses), flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("Ended.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.qualtrics", description=__doc__)
    parser.add_argument("--port", type=int, default=8025, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN, help="what clients send as X-API-TOKEN")
    parser.add_argument("--survey", default=PEER_SUPPORT.id, metavar="SV_…", help="its id")
    parser.add_argument("--client", type=_pair, metavar="ID:SECRET", help="an OAuth client")
    parser.add_argument("--responses", type=int, default=0, help="so many are there already")
    parser.add_argument("--readable-after", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, help="makes the same responses every time")
    return parser.parse_args()


def _pair(text: str) -> tuple[str, str]:
    name, separator, secret = text.partition(":")
    if not (name and separator and secret):
        raise argparse.ArgumentTypeError("write it as id:secret")
    return name, secret


def _how_to(stand_in: StandIn, url: str, count: int) -> str:
    brand = stand_in.brand
    oauth = OAUTH.format(url=url, client_id=brand.client[0]) if brand.client else ""
    return HOW_TO.format(url=url, token=brand.token, survey=brand.survey, count=count, oauth=oauth)


def fill(stand_in: StandIn, count: int, chance: random.Random) -> None:
    """Record invented responses one hour apart, the newest one hour ago."""
    now = utc_now()
    for hours in range(count, 0, -1):
        answers = dict(invented_answers(stand_in.brand.survey, chance))
        stand_in.submit(answers, submitted_at=now - timedelta(hours=hours))


def invented_answers(survey: Survey, chance: random.Random) -> Iterator[tuple[str, Answer]]:
    """Yield invented answers, by key."""
    for question in survey.questions:
        for field in question.fields():
            if field.choices and field.is_multiple:
                yield field.key, chance.sample(list(field.choices), k=2)
            elif field.choices:
                yield field.key, chance.choice(list(field.choices))
            elif question.kind in (Kind.TEXT, Kind.ESSAY):
                yield field.key, _words(question, chance)


def _words(question: Question, chance: random.Random) -> str:
    return chance.choice(WORDS.get(question.id, FEW_WORDS))
