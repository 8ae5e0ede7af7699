"""`modelgap endpoints` and `modelgap models`: look at the registry, add to it, check it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from collectors.settings import get_overlays

endpoints_app = typer.Typer(help="Look at, add and check the endpoints that can be asked.", no_args_is_help=True)
models_app = typer.Typer(help="Look at the registered models.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Bloc = Annotated[str | None, typer.Option(help="Only this bloc: domestic, frontier, other or baseline.")]


def mount(app: typer.Typer) -> None:
    """Add `endpoints` and `models` to `app`."""
    app.add_typer(endpoints_app, name="endpoints")
    app.add_typer(models_app, name="models")


@endpoints_app.command("list")
def list_endpoints(bloc: Bloc = None, as_json: Json = False) -> None:
    """List the endpoints: which model they serve, in which suites they are asked, whether their key is set."""
    from collectors import registry_view

    rows = registry_view.list_endpoints(_load(), _check_bloc(bloc))
    if as_json:
        return _print_json(rows)
    _print_table(
        ("endpoint", "model", "bloc", "api", "suites", "key"),
        [
            (row["endpoint"], row["model"], row["bloc"], row["api"], ", ".join(row["suites"]), _say_key(row))
            for row in rows
        ],
    )


@endpoints_app.command("show")
def show_endpoint(endpoint: str, as_json: Json = False) -> None:
    """Show all that is registered of one endpoint, and what its suites ask of it."""
    from collectors import registry_view

    document = registry_view.describe_endpoint(_load(), endpoint)
    _print_json(document) if as_json else _print_fields(document)


@endpoints_app.command("new")
def new_endpoint(
    endpoint: Annotated[str, typer.Option("--id", help="Its id, also the file's name.")],
    model: Annotated[str, typer.Option(help="The registered model it serves, such as deepseek/deepseek-v3.2.")],
    base_url: Annotated[str, typer.Option(help="The address below which its API lies.")],
    served_model: Annotated[str | None, typer.Option(help="The provider's name of the model; else the id's.")] = None,
    api: Annotated[str, typer.Option(help="openai-chat, openai-completions or anthropic-messages.")] = "openai-chat",
    key_env: Annotated[str | None, typer.Option(help="The NAME of the variable that holds the key.")] = None,
    max_concurrency: Annotated[int, typer.Option(min=1, max=1024, help="So many requests at a time.")] = 8,
    thinking: Annotated[str | None, typer.Option(help="The reply's field that holds its thinking.")] = None,
    schedule: Annotated[str | None, typer.Option(help="The suite that asks it on a schedule.")] = None,
    into: Annotated[Path | None, typer.Option(help="The overlay to write to; else the last --registry.")] = None,
) -> None:
    """Write a commented YAML for a new endpoint into an overlay, and check that the registry loads with it."""
    from collectors.endpoint_files import NewEndpoint, write_endpoint

    overlays = get_overlays()
    overlay = into or (overlays[-1] if overlays else Path("registry"))
    name = served_model or model.rpartition("/")[2]
    new = NewEndpoint(endpoint, model, api, base_url, name, key_env, max_concurrency, thinking, schedule)
    typer.echo(write_endpoint(new, overlay, overlays))
    if overlay not in overlays:
        typer.echo(f"Use it with --registry {overlay}, or set MODELGAP_REGISTRY={overlay}.", err=True)


@endpoints_app.command("check")
def check_endpoints(as_json: Json = False) -> None:
    """Check the whole registry with its overlays, telling all errors at once, and say which keys are not set."""
    from collectors.errors import RegistryError
    from collectors.registry_view import list_unset_keys

    try:
        registry = _load()
    except RegistryError as error:
        if as_json:
            _print_json({"ok": False, "problems": error.problems, "counts": {}, "unset_keys": {}})
        raise
    kinds = ("endpoints", "models", "tasks", "suites", "benchmarks", "sources")
    counts = {kind: len(getattr(registry, kind)) for kind in kinds}
    unset = list_unset_keys(registry)
    if as_json:
        return _print_json({"ok": True, "problems": [], "counts": counts, "unset_keys": unset})
    typer.echo("The registry is right: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
    for variable, endpoints in unset.items():
        typer.echo(f"{variable} is not set: {', '.join(endpoints)} cannot be asked.")


@models_app.command("list")
def list_models(
    bloc: Bloc = None,
    developer: Annotated[str | None, typer.Option(help="Only this developer's id, such as openbmb.")] = None,
    as_json: Json = False,
) -> None:
    """List the models by release date: developer, bloc, size, open weights, list price."""
    from collectors import registry_view

    rows = registry_view.list_models(_load(), _check_bloc(bloc), developer)
    if as_json:
        return _print_json(rows)
    columns = ("released", "model", "name", "bloc", "params_b", "open", "USD per 1M in/out")
    _print_table(columns, [_shape_model(row) for row in rows])


@models_app.command("show")
def show_model(model: str, as_json: Json = False) -> None:
    """Show all that is registered of the model with this id or alias, and the endpoints that serve it."""
    from collectors import registry_view

    document = registry_view.describe_model(_load(), model)
    _print_json(document) if as_json else _print_fields(document)


@models_app.command("unresolved")
def list_unresolved(as_json: Json = False) -> None:
    """List the names of models in imported publications that are not registered, with the nearest that are."""
    from collectors.importers.unresolved import list_unresolved_names
    from collectors.settings import get_home

    rows = list_unresolved_names(get_home(), _load())
    if as_json:
        return _print_json(rows)
    if not rows:
        typer.echo("Every name in the imported publications is registered.")
        return
    columns = ("name", "figures", "from", "nearest registered")
    _print_table(columns, [(r["name"], r["count"], ", ".join(r["sources"]), ", ".join(r["nearest"])) for r in rows])


def _load():
    from collectors.registry_loader import load_registry

    return load_registry(get_overlays())


def _check_bloc(bloc: str | None) -> str | None:
    from typing import get_args

    from collectors.entries import Bloc as Blocs
    from collectors.errors import UsageError

    if bloc is not None and bloc not in get_args(Blocs):
        raise UsageError(f"--bloc: not known; got {bloc!r}. Use one of {', '.join(get_args(Blocs))}.")
    return bloc


def _say_key(row: dict) -> str:
    if row["retired_on"]:
        return f"retired {row['retired_on']}"
    return {True: "set", False: f"{row['api_key_env']} not set", None: ""}[row["key_is_set"]]


def _shape_model(row: dict) -> tuple[str, ...]:
    released = row["release_date"] or "not known"
    if row["release_date"] and row["date_precision"] != "day":
        released = {"month": released[:7], "on-or-before": f"≤ {released}"}[row["date_precision"]]
    size = "" if row["params_b"] is None else f"{row['params_b']:g}"
    price = "" if row["price_input"] is None else f"{row['price_input']:g} / {row['price_output']:g}"
    is_open = {True: "yes", False: "no", None: ""}[row["open_weights"]]
    return released, row["model"], row["name"], row["bloc"], size, is_open, price


def _print_json(document: object) -> None:
    from collectors.terminal import print_json

    print_json(document)


def _print_fields(document: dict) -> None:
    from collectors.terminal import make_safe

    for name, value in document.items():
        if value not in (None, [], {}):
            typer.echo(f"{name}: {make_safe(value)}")


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from collectors.terminal import PIPE_WIDTH, make_safe

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(make_safe(cell)) for cell in row))
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = console.width if console.is_terminal else PIPE_WIDTH
    console.print(table)
