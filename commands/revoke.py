"""End what opens pages: the links and visits of a request, or of somebody in the program."""

import click

from commands.service import cli, engine_in_force, stored_case, wired
from engine.access import ending
from store.invitations.asked import is_invited


@cli.command("revoke")
@click.argument("reference", required=False)
@click.option("--person", help="The id of someone in the program, or of someone who left it.")
def revoke_command(reference: str | None, person: str | None) -> None:
    """Revoke all links to a request, or of a person.

    Their visits end. Whoever opens such a link is offered a new one, sent to the address on file.
    """
    # Requesters have no id: "" would be all of them.
    if (reference is None) == (person is None) or person == "":
        raise click.UsageError("Name a request (PS-7K3QF), or a person by --person ID")
    if is_invited(person or ""):
        # How many links it ends would say whether someone answered "never again".
        raise click.UsageError("Links of people who are invited can't be revoked")
    engine, now = engine_in_force(), wired("clock")()
    if reference is not None:
        ending.revoke_of_case(engine, stored_case(engine.store.read(), reference), now)
    else:
        ending.revoke_of_person(engine, person or "", now)
    # How many there were would tell how many people were asked about a request.
    whose = f"to {reference.upper()}" if reference is not None else f"of {person}"
    click.echo(f"Revoked: all links {whose}, and the pages that they had opened.")
    if person is not None and engine.program.person(person) is None:
        click.echo(f"Note: no one in the program has the id {person}.")
