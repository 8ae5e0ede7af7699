"""The commands that hold statements and models against each other: claims, compare, efficiency.

Before: words on a command line. After: one document or a table on stdout.
"""

import json

import typer

from collectors.settings import get_home

AS_JSON = typer.Option(False, "--json", help="Print one JSON document.")


def mount(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command("claims")(claims)
    app.command("compare")(compare)
    app.command("efficiency")(efficiency)


def claims(
    claim: list[str] = typer.Argument(None, metavar="[CLAIM]...", help="Claims to show in full; without any, all."),
    as_json: bool = AS_JSON,
) -> None:
    """Hold public claims on the gap against the data: supported, contradicted or undetermined, and why."""
    from warehouse import claim_texts
    from warehouse.claims import read_claims, read_verdicts
    from warehouse.read import open_current

    snapshot = open_current(get_home())
    documents = read_verdicts(snapshot, claim or ())
    if as_json:
        typer.echo(_format(documents))
        return
    known = {entry.id: entry for entry in read_claims(snapshot)}
    shown = [claim_texts.describe_claim(document, known[document["claim"]]) for document in documents]
    typer.echo("\n\n".join(shown) if claim else claim_texts.describe_claims(documents, known))


def compare(
    a: str = typer.Argument(..., metavar="A", help="A model, such as openbmb/minicpm-2b, or a cohort: domestic."),
    b: str = typer.Argument(..., metavar="B", help="The model or cohort that it is held against: frontier+open."),
    as_of: str = typer.Option(None, metavar="DATE", help="Cohorts: models released by then, by today's figures."),
    vintage: str = typer.Option(None, metavar="DATE", help="Only figures known to have been public by then."),
    origin: list[str] = typer.Option([], help="independent, leaderboard, vendor or measured; may be repeated."),
    guards: bool = typer.Option(True, "--guards/--no-guards", help="Cohorts: withhold what evidence cannot carry."),
    as_json: bool = AS_JSON,
) -> None:
    """Compare two models like for like, or two cohorts by their records, benchmark by benchmark and by domain."""
    from warehouse import claim_texts, showing
    from warehouse.compare_cohorts import compare_sides
    from warehouse.gaps import Question
    from warehouse.read import open_current

    question = Question(
        domestic=a,
        frontier=b,
        as_of=showing.parse_date("--as-of", as_of),
        vintage=showing.parse_date("--vintage", vintage),
        origins=showing.parse_origins(origin),
        guards=guards,
    )
    document = compare_sides(open_current(get_home()), question).to_document()
    typer.echo(_format(document) if as_json else claim_texts.describe_comparison(document))


def efficiency(
    by: str = typer.Option("size", help="size, active (parameters) or price."),
    domain: str = typer.Option(None, help="A domain, such as mathematics."),
    benchmark: str = typer.Option(None, help="A benchmark, such as gsm8k, or a scale's own id."),
    index: str = typer.Option(None, help="An index; without any of the three: index."),
    reach: float = typer.Option(
        None, metavar="SCORE", help="The score to reach, in the scale's unit (benchmarks: 0-1)."
    ),
    reach_model: str = typer.Option(None, metavar="MODEL", help="Reach this model's score."),
    cohort: list[str] = typer.Option([], metavar="COHORT", help="Whose models; by default domestic, frontier and all."),
    as_of: str = typer.Option(None, metavar="DATE", help="Models released by then, by today's figures."),
    as_json: bool = AS_JSON,
) -> None:
    """Say how small or cheap a model reaches a score, by cohort and date; without a target, the record curves."""
    from warehouse import claim_texts, showing
    from warehouse.efficient import COHORTS, measure_efficiency
    from warehouse.gaps import Question
    from warehouse.read import open_current

    question = Question(domain=domain, benchmark=benchmark, index=index, as_of=showing.parse_date("--as-of", as_of))
    found = measure_efficiency(
        open_current(get_home()), question, by=by, reach=reach, reach_model=reach_model, cohorts=cohort or COHORTS
    )
    document = found.to_document()
    typer.echo(_format(document) if as_json else claim_texts.describe_efficiency(document))


def _format(document: dict | list) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)
