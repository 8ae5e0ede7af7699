"""The command line: mounts the commands of the three packages, shares their common options, shows their errors."""

import os
import sys

import click
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


def _set_home(_context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value:
        os.environ[HOME_VARIABLE] = value


def _set_overlays(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> None:
    if values:
        os.environ[REGISTRY_VARIABLE] = os.pathsep.join(values)


def _share_options(command: click.Command) -> None:
    """Give every command of the tree `--home` and `--registry`, which travel on as environment variables."""
    children = getattr(command, "commands", None)
    for child in (children or {}).values():
        _share_options(child)
    if children:
        return
    command.params += [
        click.Option(
            ["--home"], metavar="DIR", expose_value=False, callback=_set_home, is_eager=True,
            help=f"Where the data live; ${HOME_VARIABLE}, else ./data.",
        ),
        click.Option(
            ["--registry"], metavar="DIR", multiple=True, expose_value=False, callback=_set_overlays, is_eager=True,
            help="An overlay on the bundled registry; may be repeated, later ones win.",
        ),
    ]  # fmt: skip


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
