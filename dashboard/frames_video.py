"""Video generation: the arena boards, how long a domestic Sora took, and who leads.

Before: the current snapshot, read through `dashboard.answers`. After: boards to choose from, the wait for a first
model's match as a mapping, and sentences. A wait between two named models is no lag between blocs: that is guarded.
"""

from datetime import date
from typing import Any

import pandas as pd

from dashboard.i18n import format_day, t
from dashboard.keeping import keep_answers
from warehouse import read

Row = dict[str, Any]
DOMAIN = "video-generation"
FIRST = "openai/sora"
MONTH_DAYS = 30.4375


@keep_answers
def list_boards(snapshot: read.Snapshot) -> list[Row]:
    """Return the scales of video ratings that hold models of both blocs' field, the default one first, then by day."""
    rows = [row for row in read.list_scales(snapshot).to_pylist() if row["domain"] == DOMAIN and row["unit"] == "elo"]
    known = [row for row in rows if row["n_models"]]
    return sorted(known, key=lambda row: (row["is_default"], row["newest_known_date"] or date.min), reverse=True)


def name_board(scale: Row) -> str:
    """Return a board by its day."""
    day = scale["newest_known_date"]
    return t("Board of {date}, {n} models", date=format_day(day), n=scale["n_models"]) if day else scale["scale_id"]


def find_wait(snapshot: read.Snapshot, models: pd.DataFrame) -> Row | None:
    """Return when a domestic model was first rated at least as high as Sora, None where Sora is not on the board.

    `match` is None while none was. `is_upper_bound`: of some domestic model rated as high only the latest possible
    release date is known, so that the first may have come earlier.
    """
    dated = models[models["release_date"].notna() & models["score"].notna()]
    found = dated[(dated["model"] == FIRST) & (dated["bloc"] == "frontier")]
    if not len(found):
        return None
    first = found.iloc[0]
    as_good = dated[(dated["bloc"] == "domestic") & (dated["score"] >= first["score"])].sort_values(
        ["release_date", "score"], ascending=[True, False]
    )
    precision = {row["model"]: row["date_precision"] for row in read.list_models(snapshot).to_pylist()}
    match = as_good.iloc[0].to_dict() if len(as_good) else None
    return {
        "first": first.to_dict(),
        "match": match,
        "months": (_as_day(match) - _as_day(first)).days / MONTH_DAYS if match else None,
        "is_upper_bound": any(precision.get(model) == "on-or-before" for model in as_good["model"]),
    }


def _as_day(row: Any) -> date:
    return pd.Timestamp(row["release_date"]).date()


def say_wait(wait: Row | None, as_of: date) -> str:
    """Return how long the first domestic match of Sora took, or has not come for; nothing where Sora is not rated."""
    if wait is None:
        return ""
    first = t("{name} of {date}", name=wait["first"]["name"], date=format_day(_as_day(wait["first"])))
    if wait["match"] is None:
        open_for = (as_of - _as_day(wait["first"])).days / MONTH_DAYS
        return t(
            "No domestic model is rated as high as {first} after {months:.1f} months", first=first, months=open_for
        )
    months = t("{months:.1f} months", months=wait["months"])
    if wait["is_upper_bound"]:
        months = t("at most {months}", months=months)
    return t(
        "A domestic model as good as {first} took {months}: {match}, {date}",
        first=first, months=months, match=wait["match"]["name"], date=format_day(_as_day(wait["match"])),
    )  # fmt: skip


def say_leader(standing: Row, names: dict[str, str]) -> str:
    """Return who leads now, by the two records of a standing gap; nothing where a side has none."""
    records = [(side, standing[f"{side}_record"]) for side in ("domestic", "frontier")]
    known = [(record["score"], names.get(record["model"], record["model"])) for _, record in records if record]
    if len(known) < 2:
        return ""
    (low, second), (high, first) = sorted(known)
    return t("{first} leads with {high:.0f} to {low:.0f} of {second}", first=first, high=high, low=low, second=second)
