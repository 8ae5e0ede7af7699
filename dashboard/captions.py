"""The words around figures: the headline sentence, and each figure's caption with its sources and definitions.

Before: frames and mappings of `dashboard.frames`. After: plain sentences; whoever shows them escapes them.
"""

from typing import Any

import pandas as pd

from dashboard.answers import count_figures, count_models, get_day, read_scale
from dashboard.charts.anatomy import Caption
from dashboard.frames import read_standing
from dashboard.i18n import format_day, pick_name, t, tn
from dashboard.questions import list_evidence, name_sides
from dashboard.words import name_origin, name_rule, name_scale, name_unit, say_guards
from warehouse import read

INDEPENDENT = "index:independent"

Row = dict[str, Any]


def say_headline(standing: Row, scale: Row, sides: tuple[str, str] | None = None) -> tuple[str, str]:
    """Return the sentence with the number in two parts: the lag; its interval, its day, and the points.

    `sides` are the names of the two cohorts where they are not the blocs as a whole.
    """
    months, as_of = standing["lag_months"], t("as of {date}", date=format_day(standing["as_of"]))
    if months is None:
        reason = say_guards(standing["guards"], sides=sides) or t("a bloc has no model on this scale")
        return t("No lag is stated:"), t("{reason}; {as_of}", reason=reason, as_of=as_of)
    sign = -1 if standing["leads"] == "domestic" else 1
    firsts = _say_sides(months, sides) if sides else _say_blocs(months)
    parts = [as_of]
    if standing["lag_ci90_low"] is not None:
        low, high = sorted((sign * standing["lag_ci90_low"], sign * standing["lag_ci90_high"]))
        parts.insert(0, t("90% interval {low:.1f} to {high:.1f} months", low=low, high=high))
    if standing.get("match_rule", "point") != "point":
        parts.append(t("match: {rule}", rule=name_rule(standing["match_rule"])))
    return firsts[standing["leads"]], t(
        "{parts}; {points}", parts=t(", ").join(parts), points=say_points(standing, scale["unit"])
    )


def _say_blocs(months: float) -> dict[str, str]:
    return {
        "frontier": t("Domestic models are {months:.1f} months behind the frontier,", months=months),
        "domestic": t("Domestic models lead the frontier by at least {months:.1f} months,", months=-months),
        "level": t("Domestic models are level with the frontier,"),
    }


def _say_sides(months: float, sides: tuple[str, str]) -> dict[str, str]:
    named = {"domestic": sides[0], "frontier": sides[1]}
    return {
        "frontier": t("{domestic}: {months:.1f} months behind {frontier},", months=months, **named),
        "domestic": t("{domestic}: at least {months:.1f} months ahead of {frontier},", months=-months, **named),
        "level": t("{domestic}: level with {frontier},", **named),
    }


def say_points(standing: Row, unit: str) -> str:
    """Return the gap in points with its interval where there is one."""
    text = t("{points:.1f} {unit}", points=standing["gap_points"], unit=name_unit(unit))
    if standing["gap_ci90_low"] is not None:
        text += t(" ({low:.1f} to {high:.1f})", low=standing["gap_ci90_low"], high=standing["gap_ci90_high"])
    return text


def say_independent(snapshot: read.Snapshot) -> str:
    """Return the lag on the index fitted to independent figures alone, or why it has none; empty without one."""
    if INDEPENDENT not in {row["scale_id"] for row in read.list_scales(snapshot).to_pylist()}:
        return ""
    standing = read_standing(snapshot, INDEPENDENT)
    months, low, high = (standing[name] for name in ("lag_months", "lag_ci90_low", "lag_ci90_high"))
    if months is None:
        reason = say_guards(standing["guards"])
        return t("Independent figures alone carry no lag: {reason}.", reason=reason) if reason else ""
    if low is None:
        return t("By independent figures alone it is {months:.1f} months.", months=months)
    return t(
        "By independent figures alone it is {months:.1f} months (90% interval {low:.1f} to {high:.1f}).",
        months=months,
        low=low,
        high=high,
    )


def say_records(standing: Row, models: pd.DataFrame) -> str:
    """Return the two record models of a standing gap, and who was first as good as the domestic one."""
    names = dict(zip(models["model"], models["name"], strict=True))
    domestic, frontier = standing["domestic_record"], standing["frontier_record"]
    if domestic is None or frontier is None:
        return ""
    best = t(
        "Best: {domestic} ({domestic_date}) and {frontier} ({frontier_date}).",
        domestic=names.get(domestic["model"], domestic["model"]),
        domestic_date=format_day(domestic["released"]),
        frontier=names.get(frontier["model"], frontier["model"]),
        frontier_date=format_day(frontier["released"]),
    )
    if standing["leads"] != "frontier" or standing["reached_date"] is None:
        return best
    reached = names.get(standing["reached_by_model"], standing["reached_by_model"])
    return best + t(
        " First frontier model as good as the former: {model} ({date}).",
        model=reached,
        date=format_day(standing["reached_date"]),
    )


def say_question(snapshot: read.Snapshot, question: read.Question | None) -> list[str]:
    """Return how a question differs from the one that pages open with: its cohorts, its evidence, its vintage."""
    sides = name_sides(snapshot, question)
    said = [t("{domestic} against {frontier}", domestic=sides[0], frontier=sides[1])] if sides else []
    if question and question.origins:
        origins = ",".join(question.origins)
        said.append(list_evidence(origins)[origins])
    if question and question.vintage:
        said.append(t("figures public by {date} only", date=format_day(question.vintage)))
    return said


def say_evidence(snapshot: read.Snapshot, scale: Row, question: read.Question | None = None) -> str:
    """Return what a question's answer rests on and who measured it, in percent of the figures.

    On an index the models drawn, and those that it is fitted to where they are more.
    """
    counts = count_figures(snapshot, scale, question, "origin")
    total = sum(counts.values())
    shares = t(", ").join(
        t("{share:.0%} {origin}", share=n / total, origin=name_origin(origin)) for origin, n in counts.items()
    )
    if scale["unit"] == "index":
        carried = _say_fit(snapshot, read_scale(snapshot, scale["scale_id"], question), question)
        return t("{carried}; of {n:,} published figures {shares}", carried=carried, n=total, shares=shares)
    if not scale["n_models"]:
        return t("baselines only, no model scored")
    return t("{models} models: {shares}", models=total, shares=shares)


def _say_fit(snapshot: read.Snapshot, scale: Row, question: read.Question | None) -> str:
    known = {"models": scale["n_models"], "benchmarks": scale["n_benchmarks"]}
    shown = count_models(snapshot, scale["scale_id"], question) if question else known["models"]
    if shown < known["models"]:
        return t("{shown} of {models} models on {benchmarks} benchmarks", shown=shown, **known)
    return t("{models} models on {benchmarks} benchmarks", **known)


def caption_records(
    snapshot: read.Snapshot, scale: Row, question: read.Question | None = None, by: str = "release_date"
) -> Caption:
    """Return the caption of a scale's records; `by` as in `answers.read_models`."""
    measures = {
        "fraction": t("Score in percent"),
        "elo": t("Arena rating, {board}", board=scale["board"]),
        "index": t("Index points, Claude 3.5 Sonnet = 130, GPT-5 = 150"),
    }
    if scale["unit"] == "index" and read_scale(snapshot, scale["scale_id"], question)["is_scaled"] is False:
        measures["index"] = t("Index points on a scale of this fit's own, mean 100, standard deviation 10")
    parts = [measures[scale["unit"]], *say_question(snapshot, question), say_evidence(snapshot, scale, question)]
    if scale["is_pooled"] and scale["kind"] in ("benchmark", "section"):
        parts.append(t("settings differ between figures"))
    definitions = {
        "release_date": t("a record is a bloc's best score by release date and stands until it is beaten"),
        "known_date": t("a record is a bloc's best score known by a day and stands until a better one is known"),
    }
    return Caption(
        title=t("{scale}: the best of each bloc, and every model", scale=name_scale(scale)),
        subtitle=" · ".join(parts),
        sources=say_sources(snapshot, count_figures(snapshot, scale, question, "source")),
        definition=definitions[by],
        as_of=get_day(snapshot, question or read.Question()),
        snapshot=snapshot.id,
    )


def caption_lag(snapshot: read.Snapshot, scale: Row, question: read.Question | None = None) -> Caption:
    """Return the caption of the lag over time."""
    return Caption(
        title=t("Months behind the frontier"),
        subtitle=t(
            "Standing lag, daily, by two match rules, 90% interval · {scale}: {evidence}",
            scale=" · ".join([name_scale(scale), *say_question(snapshot, question)]),
            evidence=say_evidence(snapshot, scale, question),
        ),
        sources=say_sources(snapshot, count_figures(snapshot, scale, question, "source")),
        definition=t("standing lag: time since a frontier model first matched the best domestic model"),
        as_of=get_day(snapshot, question or read.Question()),
        snapshot=snapshot.id,
    )


def caption_catch_up(snapshot: read.Snapshot, scale: Row, question: read.Question, total: Row) -> Caption:
    """Return the caption of the catch-up diagram, which prints the median wait and how it was come by."""
    sides = name_sides(snapshot, question)
    if total["km_median_months"] is None:
        said = t("median wait not reached") if total["total"] else say_guards(total["guards"], sides=sides)
    else:
        said = t("Median wait {months:.1f} months", months=total["km_median_months"])
        if total["ci90_low"] is not None and total["ci90_high"] is not None:
            said += t(" (90% interval {low:.1f} to {high:.1f})", low=total["ci90_low"], high=total["ci90_high"])
    parts = [said]
    if total["total"]:
        parts.append(t("{matched} of {total} records matched", matched=total["matched"], total=total["total"]))
    rule = t("match: {rule}", rule=name_rule(total["match_rule"]))
    return Caption(
        title=t("How long each frontier record waited for its first domestic match"),
        subtitle=" · ".join([*parts, rule, name_scale(scale), *say_question(snapshot, question)]),
        sources=say_sources(snapshot, count_figures(snapshot, scale, question, "source")),
        definition=t("median by Kaplan and Meier: a record not yet matched counts as waiting up to the as-of date"),
        as_of=total["as_of"],
        snapshot=snapshot.id,
    )


def say_sources(snapshot: read.Snapshot, counts: dict[str, int], limit: int = 3) -> str:
    """Return the sources in `counts` with their licences, the largest first and the vendors together."""
    known = {row["source"]: row for row in read.list_sources(snapshot).to_pylist()}
    found = [known[source] for source in counts if source in known]
    others = [row for row in found if row["kind"] != "vendor"]
    n_vendors = len(found) - len(others)
    parts = [
        t("{name} ({licence})", name=pick_name(row), licence=pick_name(row, "licence") or t("no licence stated"))
        for row in others[:limit]
    ]
    if len(others) > limit:
        parts.append(t("{n} more", n=len(others) - limit))
    if n_vendors:
        parts.append(tn("publications of {n} vendor", "publications of {n} vendors", n_vendors))
    return t("; ").join(parts) or t("none")
