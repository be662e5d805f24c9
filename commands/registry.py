"""The commands by name; the module of each is imported when it is asked for."""

from importlib import import_module

import click
from flask.cli import AppGroup, FlaskGroup

from commands.common import explained

#: The web processes need none of these, and a command that only looks needs its own alone.
MODULES: dict[str, tuple[str, ...]] = {
    "admit": ("service",),
    "backup": ("copies",),
    "check": ("check",),
    "emails": ("gallery.command",),
    "flyers": ("outreach.flyers",),
    "forget": ("forgetting",),
    "history": ("service",),
    "hold": ("forgetting",),
    "match": ("matching",),
    "migrate": ("service",),
    "move-database": ("copies",),
    "preview": ("gallery.command",),
    "qualtrics": ("qualtrics", "intake", "mapping", "outreach.forms"),
    "report": ("report",),
    "restore": ("copies",),
    "revoke": ("revoke",),
    "roster": ("roster",),
    "rotate-keys": ("keys",),
    "version": ("service",),
    "worker": ("service",),
}


class Commands(AppGroup):
    """`flask …`: each command ends with a sentence when it meets what it cannot read."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name in MODULES and cmd_name not in self.commands:
            for module in MODULES[cmd_name]:
                import_module(f"commands.{module}")
            self.add_command(explained(_found(cmd_name)), cmd_name)
        return super().get_command(ctx, cmd_name)


def _found(name: str) -> click.Command:
    from commands.service import cli

    return cli.commands[name]


def is_looked_up() -> bool:
    """Tell whether `flask` builds the app only to find a command of ours in it."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)
