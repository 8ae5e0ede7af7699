"""How many models and services there are: the frames of the landscape page.

Before: the current snapshot, read through `warehouse.read`. After: others' counts and the registry's own, in the
columns that `plot_landscape` takes, and as a table.
"""

import pandas as pd

from dashboard.frames_claims import find_link
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.words import name_bloc, name_series
from warehouse import read

BLOCS = ("domestic", "frontier", "other")


@keep_answers
def read_counts(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return others' counts, a row each: series, its short label, what was counted, day, number, and the source."""
    rows = read.read_landscape(snapshot).to_pylist()
    return pd.DataFrame(
        {
            "series": [row["series"] for row in rows],
            "label": [name_series(row["series"]) for row in rows],
            "name": [pick_name(row, "what") for row in rows],
            "day": [row["count_date"] for row in rows],
            "n": [row["n_things"] for row in rows],
            "is_lower_bound": [row["is_lower_bound"] for row in rows],
            "source_url": [row["source_url"] for row in rows],
            "notes": [pick_name(row, "notes") for row in rows],
        }
    )


@keep_answers
def count_registered(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return how many registered models with a release date each bloc has by year of release."""
    rows = [row for row in read.list_models(snapshot).to_pylist() if row["release_date"] and row["bloc"] in BLOCS]
    frame = pd.DataFrame({"bloc": [row["bloc"] for row in rows], "year": [row["release_date"].year for row in rows]})
    return frame.groupby(["bloc", "year"]).size().rename("n").reset_index()


def table_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return others' counts as readers see them, the newest first."""
    rows = counts.sort_values("day", ascending=False).to_dict("records")
    return pd.DataFrame(
        {
            t("Date"): [row["day"] for row in rows],
            t("Count"): [t("at least {n}", n=row["n"]) if row["is_lower_bound"] else str(row["n"]) for row in rows],
            t("Of what"): [row["name"] for row in rows],
            t("Series"): [row["label"] for row in rows],
            t("Note"): [row["notes"] for row in rows],
            t("Source"): [find_link(row["source_url"]) for row in rows],
        }
    )


def say_registered(registered: pd.DataFrame) -> str:
    """Return how many models the registry holds of each bloc."""
    totals = registered.groupby("bloc")["n"].sum()
    parts = [t("{n} {bloc}", n=totals[bloc], bloc=name_bloc(bloc)) for bloc in BLOCS if bloc in totals]
    return t("This registry holds {parts} models with a release date.", parts=t(", ").join(parts))
