"""The commands `modelgap export` and `modelgap report`: files from the published snapshot.

Before: a chart's slug and the gap's options. After: a file, the same bytes as the dashboard's; its path on stdout.
"""

from pathlib import Path

import typer

LANG = typer.Option("en", "--lang", help="en or zh.")


def mount(app: typer.Typer) -> None:
    """Add the export commands to `app`."""
    app.command("export")(export)
    app.command("report")(report)


def export(
    chart: str = typer.Argument(help="lag-over-time, domains, records, records-<benchmark or index>, …"),
    form: str = typer.Option(..., "--format", help="png, svg, pdf, csv, json, xlsx, pptx or html."),
    lang: str = LANG,
    out: Path = typer.Option(None, "--out", help="Where to write; a directory, a file, or - for stdout."),
    domain: str = typer.Option(None, help="A domain, such as mathematics."),
    benchmark: str = typer.Option(None, help="A benchmark, such as gsm8k, or a scale's own id."),
    index: str = typer.Option(None, help="An index: index, index:independent or eci."),
    domestic: str = typer.Option(None, metavar="COHORT", help="Whose distance is asked for."),
    frontier: str = typer.Option(None, metavar="COHORT", help="Against whom."),
    as_of: str = typer.Option(None, metavar="DATE", help="Models released by then, by today's figures."),
    vintage: str = typer.Option(None, metavar="DATE", help="Only figures known to have been public by then."),
    match: str = typer.Option(None, metavar="RULE", help="point, tolerance or not_significantly_worse."),
    origin: list[str] = typer.Option([], help="independent, leaderboard, vendor or measured; may be repeated."),
    choice: list[str] = typer.Option(
        [], metavar="NAME=VALUE", help="Any other choice, as the page's address has it. Repeatable."
    ),
    snapshot: str = typer.Option(None, metavar="ID", help="A kept snapshot; without it the current one."),
) -> None:
    """Write a chart as a figure, a table, a slide or a page."""
    from dashboard.export import export_chart, find_format, name_file

    find_format(form)
    found = _read_choices(choice)
    asked = {"domain": domain, "scale": benchmark or index, "domestic": domestic, "frontier": frontier,
             "as-of": vintage or as_of, "known": "yes" if vintage else None, "match": match,
             "evidence": ",".join(sorted(set(origin)))}  # fmt: skip
    found |= {name: value for name, value in asked.items() if value}
    opened = _open(snapshot)
    _write(out, name_file(opened, chart, form, lang, found), export_chart(opened, chart, form, found, lang))


def report(
    lang: str = LANG,
    form: str = typer.Option("pdf", "--format", help="pdf, docx, html or md."),
    out: Path = typer.Option(None, "--out", help="Where to write; a directory, a file, or - for stdout."),
    snapshot: str = typer.Option(None, metavar="ID", help="A kept snapshot; without it the current one."),
) -> None:
    """Write a brief of a few pages: the headline, charts, a table by domain, methods, sources."""
    from dashboard.export import name_file
    from dashboard.export.report import write_report

    opened = _open(snapshot)
    _write(out, name_file(opened, "report", form, lang), write_report(opened, form, lang))


def _open(snapshot_id: str | None):
    from warehouse import read

    return read.open_snapshot(snapshot_id) if snapshot_id else read.open_current()


def _read_choices(texts: list[str]) -> dict[str, str]:
    from collectors.errors import UsageError

    wrong = next((text for text in texts if "=" not in text), None)
    if wrong is not None:
        raise UsageError(f"--choice: is no choice; got {wrong!r}. Write it as NAME=VALUE, such as scale=gsm8k.")
    return dict(text.split("=", 1) for text in texts)


def _write(out: Path | None, name: str, content: bytes) -> None:
    """Write to a file, into a directory, or to stdout; say on stdout where it lies."""
    from dashboard.export import write_file

    if str(out) == "-":
        typer.get_binary_stream("stdout").write(content)
        return
    path = Path(name) if out is None else out / name if out.is_dir() else out
    write_file(path, content)
    typer.echo(path)
