"""`modelgap endpoints probe|estimate`: see whether an endpoint answers, and what a suite would cost there."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from collectors.settings import get_datasets, get_home, get_overlays

TOLD = ("outcome", "detail", "answer", "latency_s", "input_tokens", "output_tokens", "returned_model", "http_status")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def mount(endpoints: typer.Typer) -> None:
    """Add `probe` and `estimate` to the `endpoints` commands."""
    endpoints.command("probe")(probe_endpoint)
    endpoints.command("estimate")(estimate_endpoint)


def probe_endpoint(endpoint: str, as_json: Json = False) -> None:
    """Ask the endpoint one small question, once, and say how that ended; exit 1 unless it answered."""
    from collectors.embedded import start_embedded
    from collectors.endpoint_lm.probe import probe_endpoint as probe
    from collectors.registry_loader import load_registry
    from collectors.terminal import make_safe, print_json

    entry = load_registry(get_overlays()).get("endpoints", endpoint)
    if entry.embedded:
        with start_embedded(entry.embedded) as base_url:
            record = probe(entry, base_url=base_url)
    else:
        record = probe(entry)
    document = {"endpoint": endpoint} | {name: getattr(record, name) for name in TOLD}
    if as_json:
        print_json(document)
    else:
        for name, value in document.items():
            if value is not None:
                typer.echo(f"{name}: {make_safe(f'{value:.3f}' if isinstance(value, float) else value)}")
    raise typer.Exit(0 if record.outcome == "ok" else 1)


def estimate_endpoint(
    endpoint: str,
    suite: Annotated[str | None, typer.Option(help="The suite to estimate; else the endpoint's own.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="Only this task; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many items of each lm-eval task.")] = None,
    as_json: Json = False,
) -> None:
    """Say how many items and tokens a collection would take, and what it would cost, before anything is asked."""
    from rich.console import Console

    from collectors.errors import UsageError
    from collectors.estimating import estimate_tasks
    from collectors.landing import list_landed
    from collectors.planning import choose_tasks
    from collectors.registry_loader import load_registry
    from collectors.tasks import get_edition
    from collectors.terminal import print_json

    registry, now = load_registry(get_overlays()), datetime.now(UTC)
    entry = registry.get("endpoints", endpoint)
    name = suite or entry.schedule
    if not task and name is None:
        raise UsageError(f"endpoints estimate: {endpoint} has no schedule; got no suite. Give --suite or --task.")
    chosen = task or registry.get("suites", name).tasks
    tasks = choose_tasks(registry, chosen, entry, now)
    limit = limit or (registry.get("suites", name).limit if name and not task else None)
    with Console(stderr=True).status("Loading the tasks …"):
        found = estimate_tasks(
            entry, tasks, list_landed(get_home()), datasets=get_datasets(), edition=get_edition(now), limit=limit
        )
    if as_json:
        return print_json([asdict(row) for row in found])
    for row in found:
        typer.echo(f"{row.task}: {row.n_items} items, {row.input_tokens} + {row.output_tokens} tokens, {_say(row.usd)}")
    known = [row.usd for row in found if row.usd is not None]
    typer.echo(f"All: {_say(sum(known) if len(known) == len(found) else None)}, by {_name_basis(found)}")


def _say(usd: float | None) -> str:
    return "no USD price known" if usd is None else f"{usd:.4f} USD"


def _name_basis(found: list) -> str:
    bases = {row.basis for row in found}
    if bases == {"earlier run"}:
        return "what the last complete run took"
    return "prompt length and token limits, an upper bound" if bases == {"limits"} else "earlier runs, else by limits"
