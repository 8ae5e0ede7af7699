"""The command line: mounts the commands of the three packages, shares their common options, shows their errors."""

import os
import sys

import typer

import collectors.commands
import dashboard.commands
import warehouse.commands
from collectors.errors import ModelgapError
from collectors.settings import HOME_VARIABLE, REGISTRY_VARIABLE, get_version

app = typer.Typer(
    help="Measure how far domestic language models are behind the frontier, in points and in months.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        typer.echo(get_version())
        raise typer.Exit


for package in (collectors, warehouse, dashboard):
    package.commands.mount(app)


def _set_home(value: str | None) -> None:
    if value:
        os.environ[HOME_VARIABLE] = value


def _set_overlays(value: list[str] | None) -> None:
    if value:
        os.environ[REGISTRY_VARIABLE] = os.pathsep.join(value)


def _shared(
    home: str | None = typer.Option(
        None, metavar="DIR", expose_value=False, callback=_set_home, is_eager=True,
        help=f"Where the data live; ${HOME_VARIABLE}, else ./data.",
    ),
    registry: list[str] | None = typer.Option(
        None, metavar="DIR", expose_value=False, callback=_set_overlays, is_eager=True,
        help="An overlay on the bundled registry; may be repeated, later ones win.",
    ),
) -> None:  # fmt: skip
    """Hold the options that every command shares; never called."""


def _share_options(command: object) -> None:
    """Give every command of the tree `--home` and `--registry`, which travel on as environment variables.

    The options are made by typer itself, since it brings a click of its own that knows no other click's options.
    """
    children = getattr(command, "commands", None)
    for child in (children or {}).values():
        _share_options(child)
    if not children:
        shared = typer.Typer(add_completion=False)
        shared.command()(_shared)
        command.params += typer.main.get_command(shared).params


def main() -> None:
    """Run the command line. Exit 0 done, 1 a check or run fell short, 2 bad use or bad input."""
    command = typer.main.get_command(app)
    _share_options(command)
    try:
        command(prog_name="modelgap")
    except ModelgapError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
