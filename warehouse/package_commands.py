"""The command that writes a data package.

Before: words on a command line. After: a folder, and what is in it as a few sentences or one document on stdout.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from collectors.settings import get_home


def mount(app: typer.Typer) -> None:
    """Add `data-package` to the command line."""
    app.command("data-package")(data_package)


def data_package(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder to make; else ./modelgap-data-<as of>.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write all scores that may be passed on: CSV, Parquet, datapackage.json, CITATION.cff, Every Eval Ever records."""
    from rich.console import Console

    from warehouse.package import name_package, write_package
    from warehouse.read import open_current

    snapshot = open_current(get_home())
    with Console(stderr=True).status("writing the data package"):
        document = write_package(snapshot, out or Path(name_package(snapshot)))
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1) if as_json else _describe(document))


def _describe(document: dict) -> str:
    rows = ", ".join(f"{count:,} {name}" for name, count in document["rows"].items())
    lines = [
        f"{document['out']}: evidence to {document['as_of']}, snapshot {document['snapshot']}",
        f"  {rows}; {document['records']:,} Every Eval Ever records",
    ]
    if document["withheld"]:
        kept = ", ".join(f"{source} {count:,}" for source, count in document["withheld"].items())
        lines.append(f"  kept out, their sources' terms forbid passing them on or are not known: {kept}")
    return "\n".join(lines)
