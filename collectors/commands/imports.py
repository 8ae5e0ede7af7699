"""`modelgap import`: outside publications become landed evidence.

Before: a source's name and a place on the command line. After: landed runs, and what became of every figure, in words
or as one JSON document.
"""

from dataclasses import asdict
from typing import Annotated

import typer

from collectors.settings import get_home, get_overlays

_SHOWN = 5
_WIDTH = 160
ORIGINS = ("independent", "leaderboard", "vendor")


def mount(app: typer.Typer) -> None:
    """Add `import` to the command line."""
    app.command("import")(import_source)


def import_source(
    source: Annotated[
        str | None, typer.Argument(help="What to import, such as epoch-eci; without a SOURCE they are listed.")
    ] = None,
    place: Annotated[
        str | None, typer.Argument(metavar="[PATH|URL]", help="A file, a folder or an address; else the source's own.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Fetch every source that its cadence makes due.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count, but land nothing.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print the CSV that scores-csv takes.")] = False,
    model: Annotated[str | None, typer.Option(help="Whose figures these are, where the files do not say.")] = None,
    origin: Annotated[str | None, typer.Option(help=f"Who measured: {', '.join(ORIGINS)}.")] = None,
    reported_by: Annotated[str | None, typer.Option(help="The name of who measured.")] = None,
    source_url: Annotated[str | None, typer.Option(help="The page that prints the figures.")] = None,
    published_date: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day the figures came out, where the files do not say.")
    ] = None,
    retrieved_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day a file was fetched; else the day it was written.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Land an outside publication as evidence; the same bytes twice change nothing. `published` is what comes along.

    Every figure offered is new, already known or refused with its reason: the three add up to the rows.
    """
    from collectors.importers.contract import Options
    from collectors.importers.importing import Job

    options = Options(
        model=model,
        origin=_check_origin(origin),
        reported_by=reported_by,
        source_url=source_url,
        published_date=_parse_date("--published-date", published_date),
    )
    day = _parse_date("--retrieved-on", retrieved_on)
    if template:
        _print_template(source)
    elif due:
        _import_due(dry_run, as_json)
    elif source is None:
        _print_sources(as_json)
    elif source == "published":
        _land_published(place, dry_run, as_json)
    else:
        _import_one(Job(source, place, options, day, dry_run), as_json)


def _import_one(job, as_json: bool) -> None:
    from collectors.importers.importing import run_import

    registry = _load()
    with _waiting(f"Importing {job.name} …"):
        found = list(run_import(get_home(), registry, job))
    _show({"source": job.name, "payloads": [asdict(item) for item in found]}, as_json)
    _exit_if_failed(found)


def _import_due(dry_run: bool, as_json: bool) -> None:
    from collectors.importers.due import import_due

    registry = _load()
    with _waiting("Importing what is due …"):
        rows = list(import_due(get_home(), registry, is_dry=dry_run))
    if as_json:
        _print_json([{**row, "payloads": [asdict(item) for item in row["payloads"]]} for row in rows])
    else:
        for row in rows:
            typer.echo(f"{row['source']}: {row['why']}")
            _print_payloads(asdict(item) for item in row["payloads"])
    _exit_if_failed([item for row in rows for item in row["payloads"]])


def _land_published(place: str | None, dry_run: bool, as_json: bool) -> None:
    from collectors.errors import UsageError
    from collectors.published import land_published

    if place or dry_run:
        raise UsageError("import published: what comes along has no place and no dry run; got one. Leave it out.")
    with _waiting("Landing the published figures …"):
        landed = land_published(get_home(), _load())
    if as_json:
        _print_json({"source": "published", "runs": [path.name.removeprefix("run=") for path in landed]})
    else:
        typer.echo(f"Published figures: {len(landed)} sources in landing.", err=True)


def _show(document: dict, as_json: bool) -> None:
    if as_json:
        _print_json(document)
    else:
        _print_payloads(document["payloads"])


def _print_payloads(rows) -> None:
    from collectors.importers.contract import UNKNOWN_MODEL
    from collectors.terminal import make_safe

    for row in rows:
        if row["problem"]:
            typer.echo(make_safe(row["problem"]), err=True)
            continue
        counts = f"{row['n_new']:,} new + {row['n_known']:,} already known + {row['n_rejected']:,} refused"
        typer.echo(make_safe(f"{row['name']}: {row['n_rows']:,} figures = {counts}; {row['state']}, run {row['run']}"))
        for reason, count in row["rejects"].items():
            values = "" if reason == UNKNOWN_MODEL else ": " + ", ".join(row["examples"][reason])
            typer.echo(make_safe(f"  refused {count:,}: {reason}{values[:_WIDTH]}{' …' * (len(values) > _WIDTH)}"))
        for name in row["unresolved"][:_SHOWN]:
            near = f"; nearest: {', '.join(name['nearest'])}" if name["nearest"] else ""
            typer.echo(make_safe(f"  not registered: {name['name']!r}, {name['count']:,} figures{near}"))
        if len(row["unresolved"]) > _SHOWN:
            typer.echo(f"  … {len(row['unresolved']):,} names in all: see `modelgap models unresolved`.")


def _print_sources(as_json: bool) -> None:
    from collectors.importers.catalogue import CATALOGUE, PUBLISHED

    rows = {PUBLISHED: "the figures that come with modelgap"} | {name: e.takes for name, e in CATALOGUE.items()}
    if as_json:
        return _print_json([{"source": name, "takes": takes} for name, takes in rows.items()])
    for name, takes in rows.items():
        typer.echo(f"{name:<21} {takes}")


def _print_template(source: str | None) -> None:
    from collectors.errors import UsageError
    from collectors.importers.scores_csv import TEMPLATE

    if source != "scores-csv":
        raise UsageError(f"--template: only scores-csv has one; got {source!r}. Write: import scores-csv --template.")
    typer.echo(TEMPLATE, nl=False)


def _exit_if_failed(found) -> None:
    if any(item.problem for item in found):
        raise typer.Exit(1)


def _check_origin(origin: str | None) -> str | None:
    from collectors.errors import UsageError

    if origin is not None and origin not in ORIGINS:
        raise UsageError(f"--origin: not known; got {origin!r}. Use one of {', '.join(ORIGINS)}.")
    return origin


def _parse_date(option: str, text: str | None):
    from datetime import UTC, date, datetime, timedelta

    from collectors.errors import UsageError

    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{option}: not a date; got {text!r}. Write it as 2026-08-11.") from None
    if day and day > datetime.now(UTC).date() + timedelta(days=1):
        raise UsageError(f"{option}: lies ahead; got {day}. Give the day on which it was.")
    return day


def _load():
    from collectors.registry_loader import load_registry

    return load_registry(get_overlays())


def _print_json(document: object) -> None:
    from collectors.terminal import print_json

    print_json(document)


def _waiting(message: str):
    from rich.console import Console

    return Console(stderr=True).status(message)
