"""`modelgap import`: outside publications become landed evidence."""

import json
from typing import Annotated

import typer
from rich.console import Console

from collectors.errors import UsageError
from collectors.registry_checks import find_closest
from collectors.settings import get_home, get_overlays

SOURCES = ("published",)


def mount(app: typer.Typer) -> None:
    """Add `import` to the command line."""
    app.command("import")(import_source)


def import_source(
    source: Annotated[str, typer.Argument(help=f"What to import: {', '.join(SOURCES)}.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Land an outside publication; `published` lands the figures that come with modelgap. Twice changes nothing."""
    from collectors.published import land_published
    from collectors.registry_loader import load_registry

    if source not in SOURCES:
        raise UsageError(
            f"import: source is not known; got {source!r}{find_closest(source, SOURCES)}. "
            f"Use one of: {', '.join(SOURCES)}."
        )
    console = Console(stderr=True)
    with console.status("Landing the published figures …"):
        landed = land_published(get_home(), load_registry(get_overlays()))
    if as_json:
        typer.echo(json.dumps({"source": source, "runs": [path.name.removeprefix("run=") for path in landed]}))
    console.print(f"Published figures: {len(landed)} sources in landing.")
