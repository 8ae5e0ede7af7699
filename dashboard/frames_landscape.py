"""How many models and services there are: the frames of the landscape page.

Before: the current snapshot, read through `warehouse.read`. After: others' counts and the registry's own, in the
columns that `plot_landscape` takes, and as a table.
"""

from datetime import date

import pandas as pd

from dashboard.frames_claims import find_link
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.questions import Choices
from dashboard.words import name_bloc, name_series
from warehouse import read

BLOCS = ("domestic", "frontier", "other")


@keep_answers
def read_counts(snapshot: read.Snapshot, as_of: date | None = None) -> pd.DataFrame:
    """Return others' counts by a day, a row each: series, its short label, what was counted, day, number, source."""
    rows = [row for row in read.read_landscape(snapshot).to_pylist() if as_of is None or row["count_date"] <= as_of]
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
def count_registered(snapshot: read.Snapshot, chosen: Choices = Choices()) -> pd.DataFrame:
    """Return how many registered models released by the day each bloc has by year, or each of two cohorts chosen.

    A cohort stands in `bloc` as the side that it is on; a model in both counts in both.
    """
    rows = [row for row in read.list_models(snapshot).to_pylist() if row["release_date"] and row["bloc"] in BLOCS]
    rows = [row for row in rows if chosen.as_of is None or row["release_date"] <= chosen.as_of]
    cohorts = (chosen.domestic, chosen.frontier)
    if cohorts == BLOCS[:2]:
        found = [(row["bloc"], row["release_date"].year) for row in rows]
    else:
        held = {side: read.list_members(snapshot, text) for side, text in zip(BLOCS, cohorts, strict=False)}
        found = [(side, row["release_date"].year) for side in held for row in rows if row["model"] in held[side]]
    frame = pd.DataFrame(found, columns=["bloc", "year"])
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


def say_registered(registered: pd.DataFrame, sides: tuple[str, str] | None = None) -> str:
    """Return how many models the registry holds of each bloc, or of each of two cohorts by their names."""
    totals = registered.groupby("bloc")["n"].sum()
    names = dict(zip(BLOCS, sides, strict=False)) if sides else {bloc: name_bloc(bloc) for bloc in BLOCS}
    parts = [
        t("{n} {bloc}", n=totals.get(bloc, 0), bloc=name) for bloc, name in names.items() if sides or bloc in totals
    ]
    return t("This registry holds {parts} models with a release date.", parts=t(", ").join(parts))
