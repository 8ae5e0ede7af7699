"""The words around figures: the headline sentence, and each figure's caption with its sources and definitions.

Before: frames and mappings of `dashboard.frames`. After: plain sentences; whoever shows them escapes them.
"""

from typing import Any

import pandas as pd

from dashboard.charts.anatomy import Caption
from dashboard.frames import count_origins, name_scale
from dashboard.i18n import t
from warehouse import read

Row = dict[str, Any]


def say_headline(standing: Row | None, scale: Row | None) -> tuple[str, str]:
    """Return the sentence with the number, and its second half: interval, day, points."""
    if standing is None or standing["lag_months"] is None:
        return t("No gap can be stated yet"), t("no scale has both domestic and frontier models on it")
    months = standing["lag_months"]
    if months < 0:
        first = t("Domestic models lead the frontier by at least {months:.1f} months", months=-months)
    else:
        first = t("Domestic models are {months:.1f} months behind the frontier", months=months)
    parts = []
    if standing["lag_ci90_low"] is not None:
        low, high = standing["lag_ci90_low"], standing["lag_ci90_high"]
        parts.append(t("90% interval {low:.1f} to {high:.1f} months", low=low, high=high))
    parts.append(t("as of {date}", date=standing["as_of"].isoformat()))
    return first, ", ".join(parts) + "; " + say_points(standing, scale["unit"])


def say_points(standing: Row, unit: str) -> str:
    """Return the gap in points with its interval where there is one."""
    names = {"fraction": t("percentage points"), "elo": t("rating points"), "index": t("index points")}
    text = t("{points:.1f} {unit}", points=standing["gap_points"], unit=names[unit])
    if standing["gap_ci90_low"] is not None:
        text += t(" ({low:.1f} to {high:.1f})", low=standing["gap_ci90_low"], high=standing["gap_ci90_high"])
    return text


def say_evidence(standing: Row | None, scale: Row | None, models: pd.DataFrame) -> str:
    """Return what the headline rests on: the scale, its two record models, and who measured."""
    if standing is None or scale is None:
        return ""
    names = dict(zip(models["model"], models["name"], strict=True))
    records = t(
        "Best domestic model {domestic} ({date}); a frontier model ({first}) was as good on {reached}.",
        domestic=names.get(standing["domestic_model"], standing["domestic_model"]),
        date=standing["domestic_date"].isoformat(),
        first=names.get(standing["reached_by_model"], standing["reached_by_model"]),
        reached=standing["reached_date"].isoformat(),
    )
    return t("By {scale}: {origins}. ", scale=name_scale(scale), origins=say_origins(models)) + records


def say_origins(models: pd.DataFrame) -> str:
    """Return how many figures there are and whose: measured by us, independent, leaderboards, vendors."""
    counts = count_origins(models)
    names = {
        "measured": t("measured here"),
        "independent": t("independent"),
        "leaderboard": t("leaderboard"),
        "vendor": t("vendors' own"),
    }
    parts = ", ".join(t("{n} {origin}", n=n, origin=names.get(origin, origin)) for origin, n in counts.items())
    return t("{n} models ({parts})", n=sum(counts.values()), parts=parts)


def caption_records(snapshot: read.Snapshot, scale: Row, models: pd.DataFrame) -> Caption:
    """Return the caption of a scale's records."""
    measures = {
        "fraction": t("score in percent"),
        "elo": t("arena rating, {board}", board=scale["board"]),
        "index": t("index points, Claude 3.5 Sonnet = 130 and GPT-5 = 150"),
    }
    parts = [measures[scale["unit"]], say_origins(models)]
    if scale["is_pooled"] and scale["kind"] == "benchmark":
        parts.append(t("test settings differ between figures"))
    subtitle = " · ".join(parts)
    return Caption(
        title=t("{scale}: the best of each bloc, and every model", scale=name_scale(scale)),
        subtitle=subtitle[0].upper() + subtitle[1:],
        sources=say_sources(snapshot, models),
        definition=t("a record is a bloc's running best by release date and holds until it is beaten"),
        as_of=snapshot.as_of,
        snapshot=snapshot.id,
    )


def caption_domains(snapshot: read.Snapshot, rows: pd.DataFrame) -> Caption:
    """Return the caption of the strip of domains."""
    return Caption(
        title=t("By domain"),
        subtitle=t("Frontier record less domestic record; lag by the point rule (as good or better)"),
        sources=t("see the scale named under each domain"),
        definition=t("lag: time since the frontier was first as good as the best domestic model"),
        as_of=snapshot.as_of,
        snapshot=snapshot.id,
    )


def say_sources(snapshot: read.Snapshot, models: pd.DataFrame, limit: int = 3) -> str:
    """Return the sources of the models' figures with their licences, the largest first and the vendors together."""
    known = {row["source"]: row for row in read.list_sources(snapshot).to_pylist()}
    counts = models.loc[models["bloc"] != "baseline", "source"].value_counts()
    named = [known[source] for source in counts.index if source in known]
    others = [row for row in named if row["kind"] != "vendor"]
    n_vendors = len(named) - len(others)
    parts = [f"{row['name_en']} ({row['licence']})" for row in others[:limit]]
    if len(others) > limit:
        parts.append(t("{n} more", n=len(others) - limit))
    if n_vendors:
        parts.append(t("publications of {n} vendors", n=n_vendors))
    return "; ".join(parts) or t("none")
