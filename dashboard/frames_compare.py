"""Two models side by side: the frames of the comparison page.

Before: the current snapshot, read through `warehouse.read`. After: a row for each benchmark, in the columns that
`plot_compare` takes, a summary in words, and the items on which the two differ.
"""

import json
from typing import Any

import pandas as pd

from collectors.errors import ModelgapError
from dashboard.answers import name_models
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.words import name_origin, say
from warehouse import read

Row = dict[str, Any]
MAX_ITEMS = 50
"""Items on show: those that the two differ on most."""


@keep_answers
def list_comparable(snapshot: read.Snapshot) -> dict[str, str]:
    """Return the models that have a score of any kind, id to name with developer, by name; baselines last."""
    scored = set(read.read_scores(snapshot)["model"].to_pylist())
    rows = [row for row in read.list_models(snapshot).to_pylist() if row["model"] in scored]
    rows.sort(key=lambda row: (row["bloc"] == "baseline", pick_name(row).lower()))
    developers = {row["developer"]: pick_name(row) for row in read.list_developers(snapshot).to_pylist()}
    return {
        row["model"]: t("{name} · {developer}", name=pick_name(row), developer=developers[row["developer"]])
        for row in rows
    }


@keep_answers
def find_comparison(snapshot: read.Snapshot, model_a: str, model_b: str) -> tuple[read.Comparison | None, str]:
    """Return the comparison of two models, or None and why there is none."""
    try:
        return read.compare_models(snapshot, model_a, model_b), ""
    except ModelgapError as error:
        return None, say(read.get_message(error))


def read_rows(snapshot: read.Snapshot, comparison: read.Comparison) -> pd.DataFrame:
    """Return a row for each benchmark, first minus second model in shown points, in the columns of `plot_compare`."""
    names = name_benchmarks(snapshot, [row.benchmark for row in comparison.rows])
    domains = {row["domain"]: pick_name(row) for row in read.read_domains(snapshot).to_pylist()}
    return pd.DataFrame([_describe(row, names, domains) for row in comparison.rows])


def _describe(row: Any, names: dict[str, str], domains: dict[str, str]) -> Row:
    factor = 100 if row.unit == "fraction" else 1
    interval = row.gap.ci90
    return {
        "benchmark": row.benchmark,
        "name": names[row.benchmark],
        "domain": domains[row.domain],
        "unit": row.unit,
        "a": row.a * factor,
        "b": row.b * factor,
        "difference": row.gap.points * factor,
        "ci90_low": interval.low * factor if interval else None,
        "ci90_high": interval.high * factor if interval else None,
        "basis": row.basis,
        "n_items": row.gap.n_items,
        "evidence": say_basis(row),
        "is_like_for_like": row.basis != "standing",
    }


def say_basis(row: Any) -> str:
    """Return where a row's two figures come from."""
    if row.basis == "items":
        return t("{n} items, paired", n=row.gap.n_items)
    origins = [name_origin(part.partition(" ")[0]) for part in dict.fromkeys(row.figures["origin"].split(" / "))]
    if row.basis == "standing":
        return t("different reporters: {origins}", origins=" / ".join(dict.fromkeys(origins)))
    if "competitor" in row.figures["origin"]:
        return t("from one developer's table")
    return " / ".join(dict.fromkeys(origins))


def say_summary(snapshot: read.Snapshot, comparison: read.Comparison) -> str:
    """Return in sentences who is ahead by how much, over what, on average and on the index."""
    names = name_models(snapshot)
    a, b = names[comparison.model_a], names[comparison.model_b]
    parts, mean = [], comparison.overall
    if mean is not None:
        who, whom = (a, b) if mean.difference >= 0 else (b, a)
        text = t(
            "{who} is ahead of {whom} by {points:.1f} percentage points on average over {n} like-for-like benchmarks",
            who=who, whom=whom, points=abs(mean.difference) * 100, n=mean.n_benchmarks,
        )  # fmt: skip
        if mean.spread_ci90 is not None:
            sign = 1 if mean.difference >= 0 else -1
            low, high = sorted(sign * end * 100 for end in (mean.spread_ci90.low, mean.spread_ci90.high))
            text += t("; 90% interval {low:.1f} to {high:.1f} by the spread between them", low=low, high=high)
        ahead = sum(row.gap.points > 0 for row in comparison.rows if row.basis != "standing" and row.unit == "fraction")
        parts.append(text + t("; {name} is ahead on {k} of them.", name=a, k=ahead))
    else:
        parts.append(t("No benchmark holds both like for like: no mean is stated."))
    index = comparison.index
    if index is not None:
        text = t("On the capability index {a} stands at {x:.1f}, {b} at {y:.1f}", a=a, x=index["a"], b=b, y=index["b"])
        if index["ci90"] is not None:
            low, high = index["ci90"].low, index["ci90"].high
            text += t(
                " (difference {d:+.1f}, 90% interval {low:.1f} to {high:.1f})",
                d=index["difference"],
                low=low,
                high=high,
            )
        parts.append(t("{sentence}.", sentence=text))
    return t("{first} {second}", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]


def list_measured(comparison: read.Comparison) -> list[str]:
    """Return the benchmarks on which both were measured here, item by item."""
    return [row.benchmark for row in comparison.rows if row.basis == "items"]


def name_benchmarks(snapshot: read.Snapshot, benchmarks: list[str]) -> dict[str, str]:
    """Return what benchmarks are called, by id."""
    names = {row["benchmark"]: pick_name(row) for row in read.list_benchmarks(snapshot).to_pylist()}
    return {benchmark: names[benchmark] for benchmark in benchmarks}


def say_agreement(counts: Row, first: str, second: str) -> str:
    """Return how often two models were right on the same items."""
    return t(
        "Of {n} items both got right {both}, neither {neither}; only {a} {only_a}, only {b} {only_b}.",
        n=counts["n"], both=counts["both"], neither=counts["neither"], a=first, only_a=counts["a"],
        b=second, only_b=counts["b"],
    )  # fmt: skip


@keep_answers
def count_agreement(snapshot: read.Snapshot, model_a: str, model_b: str, benchmark: str) -> Row:
    """Return how many items `both`, `neither`, only `a` or only `b` got right, and how many were answered by both."""
    items = read.read_item_pairs(snapshot, model_a, model_b, benchmark).to_pandas()
    a, b = items["mark_a"] >= 0.5, items["mark_b"] >= 0.5
    return {
        "n": len(items),
        "both": int((a & b).sum()),
        "neither": int((~a & ~b).sum()),
        "a": int((a & ~b).sum()),
        "b": int((~a & b).sum()),
    }


@keep_answers
def list_differing(snapshot: read.Snapshot, model_a: str, model_b: str, benchmark: str) -> list[Row]:
    """Return the items whose marks differ, at most `MAX_ITEMS`; texts are None where items may not be shown."""
    rows = read.read_item_pairs(snapshot, model_a, model_b, benchmark).slice(0, MAX_ITEMS).to_pylist()
    return [row | {"question": read_question(row["prompt"])} for row in rows if row["mark_a"] != row["mark_b"]]


def read_question(prompt: str | None) -> str | None:
    """Return the last thing a prompt says, which is the question; a prompt that is no list of messages as it is."""
    try:
        messages = json.loads(prompt) if prompt else None
        content = messages[-1]["content"] if messages else None
        return content if isinstance(content, str) else prompt
    except (ValueError, LookupError, TypeError):
        return prompt
