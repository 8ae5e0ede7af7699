"""Show runs and plans on a terminal.

Before: the documents of `collectors.runs` and `collectors.planning`. After: tables of plain text in which nothing an
endpoint answered can steer the terminal.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 160
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def make_safe(text: object) -> str:
    """Return `text` without control, direction and other invisible characters; line breaks and tabs become spaces."""
    return "".join(
        " " if char in "\n\r\t" else "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in _HIDDEN else char
        for char in str(text)
    )


def print_json(document: object) -> None:
    """Print one JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=1))


def print_runs(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print, for each run, what became of it and its scores."""
    for row in rows:
        outcomes = ", ".join(f"{count} {name}" for name, count in sorted(row["outcomes"].items())) or "nothing asked"
        cost = f", {row['cost_usd']:.4f} USD" if row["cost_usd"] else ""
        _say(f"{row['run']}: {row['status']} ({outcomes}{cost})")
        if row["scores"]:
            _print_scores("task", [(score["task"], score) for score in row["scores"]])


def print_run(document: Mapping[str, Any]) -> None:
    """Print one run with its subtasks and faults."""
    print_runs([document])
    if document["subtasks"]:
        _print_scores("subtask", [(f"{score['task']}/{score['subtask']}", score) for score in document["subtasks"]])
    if not document["faults"]:
        _say("No fault among its calls.")
        return
    table = _table("outcome", "what happened", "calls", "attempts", "for example")
    for fault in document["faults"]:
        examples = "; ".join(f"{example['task']} #{example['doc_id']}" for example in fault["examples"])
        _add(table, fault["outcome"], fault["detail"], fault["calls"], fault["attempts"], examples)
    _console().print(table)


def print_plan(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print one line per suite and endpoint, and per source to import."""
    table = _table("due", "suite", "endpoint", "why", "next")
    for row in rows:
        names = (row["suite"], row["endpoint"]) if row["suite"] else ("import", row["source"])
        _add(table, "yes" if row["due"] else "", *names, row["reason"], row["next_at"] or "")
    _console().print(table)


def _print_scores(kind: str, scores: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    table = _table(f"  {kind}", "score", "± stderr", "answered only", "coverage", "n")
    for name, score in scores:
        values = [_number(score[key]) for key in ("score", "stderr", "answered_only", "coverage")]
        _add(table, f"  {name}", *values, score["n"])
    _console().print(table)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    # In a pipe rich would fold every table into 80 columns.
    return console if console.is_terminal else Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def _say(line: str) -> None:
    _console().print(make_safe(line), soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _add(table: Table, *cells: object) -> None:
    table.add_row(*(Text(make_safe(cell)) for cell in cells))
