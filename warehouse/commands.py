"""The warehouse's commands: build, status, gap, index.

Before: words on a command line. After: one document or a few sentences on stdout; progress on stderr.
"""

import json

import typer

from collectors.settings import get_home, get_overlays
from warehouse import claim_commands, package_commands

AS_JSON = typer.Option(False, "--json", help="Print one JSON document.")


def mount(app: typer.Typer) -> None:
    """Add this package's commands to `app`."""
    app.command("build")(build)
    app.command("status")(status)
    app.command("gap")(gap)
    app.command("index")(index)
    claim_commands.mount(app)
    package_commands.mount(app)


def build(
    force: bool = typer.Option(False, "--force", help="Build anew even where nothing is new."),
    as_json: bool = AS_JSON,
) -> None:
    """Build the warehouse from landing and registry, check it, and publish it as a new snapshot."""
    from rich.console import Console

    from collectors.registry_loader import load_registry
    from warehouse import showing
    from warehouse.build import build_warehouse
    from warehouse.read import open_current, read_status

    steps: list[str] = []
    console = Console(stderr=True)
    with console.status("building the warehouse") as shown:

        def say(step: str) -> None:
            steps.append(step)
            shown.update(f"building the warehouse: {step}")

        build_warehouse(get_home(), load_registry(get_overlays()), progress=say, force=force)
    document = {"is_new": "publishing" in steps, **read_status(open_current(get_home()))}
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1) if as_json else showing.describe_build(document))


def status(as_json: bool = AS_JSON) -> None:
    """Say what snapshot is current, how old it is, what is in it, what was refused, and which source is overdue."""
    from warehouse import showing
    from warehouse.read import open_current, read_status

    document = read_status(open_current(get_home()))
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1) if as_json else showing.describe_status(document))


def gap(
    domain: str = typer.Option(None, help="A domain, such as mathematics."),
    benchmark: str = typer.Option(None, help="A benchmark, such as gsm8k, or a scale's own id."),
    index: str = typer.Option(None, help="An index: index, index:independent or eci. Without any: index."),
    isic: str = typer.Option(None, metavar="SECTION", help="A section of industry, A to V: C is manufacturing."),
    domestic: str = typer.Option("domestic", metavar="COHORT", help="Whose distance is asked for."),
    frontier: str = typer.Option(
        "frontier", metavar="COHORT", help="Against whom. Terms are joined: frontier+open+10b."
    ),
    as_of: str = typer.Option(None, metavar="DATE", help="Models released by then, by today's figures."),
    vintage: str = typer.Option(None, metavar="DATE", help="Only figures known to have been public by then."),
    match: str = typer.Option(
        "point", metavar="RULE", help="point, tolerance:DELTA or not_significantly_worse[:ALPHA]."
    ),
    origin: list[str] = typer.Option([], help="independent, leaderboard, vendor or measured; may be repeated."),
    guards: bool = typer.Option(True, "--guards/--no-guards", help="Withhold numbers that the evidence cannot carry."),
    forecast: bool = typer.Option(False, "--forecast", help="Add the trend and a year's look ahead, with intervals."),
    as_json: bool = AS_JSON,
) -> None:
    """Say how far one cohort is behind the other, in points and months, with what certainty."""
    from warehouse import showing
    from warehouse.gaps import Question, measure_gap
    from warehouse.read import open_current
    from warehouse.trends import describe_trend, measure_trend

    question = Question(
        domain=domain,
        benchmark=benchmark,
        index=index,
        isic=isic,
        domestic=domestic,
        frontier=frontier,
        as_of=showing.parse_date("--as-of", as_of),
        vintage=showing.parse_date("--vintage", vintage),
        match=match,
        origins=showing.parse_origins(origin),
        guards=guards,
    )
    snapshot = open_current(get_home())
    result = measure_gap(snapshot, question)
    trend = {"trend": measure_trend(result)} if forecast else {}
    if as_json:
        typer.echo(json.dumps({**result.to_document(), **trend}, ensure_ascii=False, indent=1))
    else:
        typer.echo(
            "\n".join(
                [
                    showing.describe_gap(result),
                    *filter(None, [showing.describe_waits(snapshot, result)]),
                    *([showing.describe_independent(snapshot)] if question == Question() else []),
                    *(describe_trend(trend["trend"], result) if forecast else []),
                ]
            )
        )


def index(
    scale: str = typer.Option("index", "--index", help="index, index:independent or eci."),
    as_json: bool = AS_JSON,
    as_csv: bool = typer.Option(False, "--csv", help="Print CSV."),
) -> None:
    """List the models by capability index, with 90% intervals."""
    from warehouse import showing
    from warehouse.read import open_current, read_index

    rows = read_index(open_current(get_home()), scale)
    show = showing.format_csv if as_csv else showing.format_json if as_json else showing.describe_index
    typer.echo(show(rows), nl=not as_csv)
