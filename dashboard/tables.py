"""Tables of the data page: sources and runs in the words and units that readers see.

Before: the warehouse's answers. After: pandas frames whose columns are titles.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from dashboard.frames_runs import name_outcome, name_status
from dashboard.i18n import pick_name, t
from dashboard.words import name_kind
from warehouse import read


def table_sources(snapshot: read.Snapshot, today: date) -> pd.DataFrame:
    """Return the sources, the largest first: whose, under which licence, how many figures, how old."""
    rows = sorted(read.list_sources(snapshot, today).to_pylist(), key=lambda row: (-row["n_scores"], row["source"]))
    return pd.DataFrame(
        {
            t("Source"): [pick_name(row) for row in rows],
            t("Kind"): [name_kind(row["kind"]) for row in rows],
            t("Licence"): [row["licence"] for row in rows],
            t("Figures"): [row["n_scores"] for row in rows],
            t("Models"): [row["n_models"] for row in rows],
            t("Benchmarks"): [row["n_benchmarks"] for row in rows],
            t("Newest figure"): [row["newest_date"] for row in rows],
            t("Retrieved"): [row["retrieved_on"] for row in rows],
            t("Age, days"): [row["retrieved_on"] and (today - row["retrieved_on"]).days for row in rows],
            t("State"): [_say_state(row) for row in rows],
            t("Address"): [row["url"] for row in rows],
        }
    ).convert_dtypes()


def table_runs(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return our own runs, newest first: what was run, how its calls ended, what it scored and cost."""
    rows = read.list_runs(snapshot).to_pylist()
    return pd.DataFrame(
        {
            t("Endpoint"): [_say_endpoint(row) for row in rows],
            t("Status"): [name_status(row["status"]) for row in rows],
            t("Finished (UTC)"): [f"{row['finished_at']:%Y-%m-%d %H:%M}" for row in rows],
            t("Outcomes of calls"): [_say_counts(row["outcomes"], name_outcome) for row in rows],
            t("Failures"): [_say_counts(row["failures"]) for row in rows],
            t("Scores"): [row["n_scores"] - row["n_withheld"] for row in rows],
            t("Withheld"): [row["n_withheld"] for row in rows],
            t("Took, s"): [row["duration_s"] for row in rows],
            t("Cost, USD"): [row["cost_usd"] for row in rows],
            t("Tasks"): [", ".join(row["tasks"] or ()) for row in rows],
            t("Run"): [row["run"] for row in rows],
        }
    )


def _say_state(row: dict[str, Any]) -> str:
    if not row["is_registered"]:
        return t("not registered")
    if not row["is_redistributable"]:
        return t("check only, not shown")
    if not row["n_scores"]:
        return t("nothing landed")
    return t("due again") if row["is_overdue"] else t("current")


def _say_endpoint(row: dict[str, Any]) -> str:
    return t("{endpoint} (simulated)", endpoint=row["endpoint"]) if row["is_simulated"] else row["endpoint"]


def _say_counts(counts: Any, name: Callable[[str], str] = str) -> str:
    """Return counts by name as text; a map comes from Arrow as pairs."""
    pairs = counts.items() if isinstance(counts, dict) else counts or ()
    return t(", ").join(f"{name(what)} {n}" for what, n in pairs)
