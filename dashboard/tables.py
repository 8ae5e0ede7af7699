"""The table of our own runs, in the words and units that readers see.

Before: the warehouse's answers. After: a pandas frame whose columns are titles.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.frames_runs import list_kept_runs, name_outcome, name_status
from dashboard.i18n import t
from dashboard.questions import Choices
from warehouse import read


def table_runs(snapshot: read.Snapshot, chosen: Choices = Choices()) -> pd.DataFrame:
    """Return the runs that the choices keep, newest first: what was run, how its calls ended, its scores and cost."""
    rows = list_kept_runs(snapshot, chosen)
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


def _say_endpoint(row: dict[str, Any]) -> str:
    return t("{endpoint} (simulated)", endpoint=row["endpoint"]) if row["is_simulated"] else row["endpoint"]


def _say_counts(counts: Any, name: Callable[[str], str] = str) -> str:
    """Return counts by name as text; a map comes from Arrow as pairs."""
    pairs = counts.items() if isinstance(counts, dict) else counts or ()
    return t(", ").join(f"{name(what)} {n}" for what, n in pairs)
