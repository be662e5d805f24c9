"""The commands by name; the module of each is imported when it is typed."""

from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup, FlaskGroup

#: What `flask --help` says of each command, and where it is: the web processes need none of these,
#: and a command that only looks needs its own alone.
LISTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "admit": ("Show a change of who sees requests that is waiting.", ("service",)),
    "backup": ("Copy the database into FOLDER, while everything runs.", ("copies",)),
    "check": ("Check settings, admins' files, forms, and database.", ("check",)),
    "emails": ("Preview the emails.", ("gallery.command",)),
    "flyers": ("Make flyers in FOLDER, as PDFs.", ("outreach.flyers",)),
    "forget": ("Forget what is due now, as the worker does on its own.", ("forgetting",)),
    "history": ("Print a request's history, but not whose it is.", ("service",)),
    "hold": ("Keep one request, or all, from being forgotten.", ("forgetting",)),
    "match": ("Print who would be proposed for a request.", ("matching",)),
    "migrate": ("Bring the database up to date.", ("service",)),
    "move-database": ("Copy one database into another, empty one.", ("copies",)),
    "preview": ("Write every page and email to one file.", ("gallery.command",)),
    "qualtrics": (
        "Set up access to Qualtrics, and read what it has.",
        ("qualtrics", "intake", "mapping", "outreach.forms"),
    ),
    "report": ("Print the newest report.", ("report",)),
    "restore": ("Restore a lost database from COPY, while nothing runs.", ("copies",)),
    "revoke": ("Revoke all links to a request, or of a person.", ("revoke",)),
    "roster": ("Show the roster in force.", ("roster",)),
    "rotate-keys": ("Seal everything with the first of DATA_KEYS.", ("keys",)),
    "version": ("Print the version of this service.", ("service",)),
    "worker": ("Run the worker, which does all that is not a page.", ("service",)),
}


class Listed(click.Command):
    """A command of which only the name and one sentence are known until it is typed."""

    def __init__(self, name: str) -> None:
        self.sentence, self._modules = LISTED[name]
        self._name = name
        super().__init__(name, short_help=self.sentence)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:  # fmt: skip
        """Import the command, which goes on from here."""
        return self.imported().make_context(info_name, args, parent, **extra)

    def imported(self) -> click.Command:
        """Return the command; it ends with a sentence when it meets what it cannot read."""
        from commands.common import explained
        from commands.service import cli

        for module in self._modules:
            import_module(f"commands.{module}")
        return explained(cli.commands[self._name])


class Commands(AppGroup):
    """`flask …`"""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(LISTED)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, of which nothing is imported yet."""
        return Listed(cmd_name) if cmd_name in LISTED else super().get_command(ctx, cmd_name)


def is_looked_up() -> bool:
    """Tell whether `flask` builds the app only to find a command of ours in it."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)
