"""What readers call things: scales, units, origins, match rules, guards; what the warehouse says, in their language.

Before: the warehouse's ids, codes and rows. After: plain words; whoever shows them escapes what we did not write.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.i18n import SOURCE, format_day, get_language, pick_name, t, tn, translate
from warehouse import read

Row = dict[str, Any]
Sides = tuple[str, str]
"""What two cohorts are called: whose distance is asked for, and what it is held against."""


def say(text: str, names: Mapping[str, str] | None = None) -> str:
    """Return what the warehouse says in the reader's language; a text without parts as it is.

    `names` are what readers call the ids in it: cohorts, models, scales. In English, ids stay where none is given.
    """
    if isinstance(text, read.Told):
        return text.zh if text.zh and get_language() != SOURCE else str(text)
    if not isinstance(text, read.Phrase):
        return text
    values = {place: _say_value(place, value, names or {}) for place, value in text.values.items()}
    return translate(text.message, values)


def _say_value(place: str, value: object, names: Mapping[str, str]) -> object:
    if place in ("day", "last"):
        return format_day(str(value))
    if place == "code":
        return name_guard(str(value))
    if place == "rule":
        return name_rule(str(value))
    if not isinstance(value, str):
        return value
    if place in ("cohort", "other"):
        return names.get(value) or (name_bloc(value) if value in ("domestic", "frontier") else value)
    return names.get(value) or say(value, names)


def name_scale(scale: Row) -> str:
    """Return what a scale is called."""
    if scale["kind"] == "index":
        name = t("Capability index")
    elif scale["kind"] == "domain":
        name = t("{domain} index", domain=pick_name(scale))
    else:
        name = pick_name(scale)
    if scale["evidence"] == "measured":
        return t("{name}, measured here", name=name)
    return t("{name}, independent figures only", name=name) if scale["origins"] else name


def label_scale(scale: Row) -> str:
    """Return a scale's name with how many models are on it."""
    models = tn("{n} model", "{n} models", scale["n_models"]) if scale["n_models"] else t("baselines only")
    return t("{name} · {models}", name=name_scale(scale), models=models)


def name_unit(unit: str) -> str:
    """Return what the points of a scale are called."""
    return {"fraction": t("percentage points"), "elo": t("rating points"), "index": t("index points")}[unit]


def name_bloc(bloc: str) -> str:
    """Return what a bloc is called."""
    names = {"domestic": t("domestic"), "frontier": t("frontier"), "other": t("other"), "baseline": t("baseline")}
    return names[bloc]


def name_origin(origin: str | None) -> str:
    """Return who measured, in words; an index has no single origin."""
    names = {
        "measured": t("measured here"),
        "independent": t("independent"),
        "leaderboard": t("leaderboard"),
        "vendor": t("vendors' own"),
    }
    return names.get(origin, t("several origins"))


def name_effort(effort: str | None) -> str | None:
    """Return how much a model was let think, in words; a source's own word, and none, as they are."""
    names = {
        "max": t("max"),
        "xhigh": t("xhigh"),
        "high": t("high"),
        "medium": t("medium"),
        "low": t("low"),
        "minimal": t("minimal"),
        "thinking": t("thinking"),
        "non-thinking": t("non-thinking"),
        "parallel": t("parallel"),
        "base": t("base"),
    }
    return names.get(effort or "", effort)


def name_metric(metric: str) -> str:
    """Return what a score counts, in words; a metric known by its own name alone stays as it is."""
    names = {
        "accuracy": t("accuracy"),
        "followed": t("followed"),
        "preference-rate": t("preference-rate"),
        "resolved": t("resolved"),
        "success-rate": t("success-rate"),
    }
    return names.get(metric, metric)


def name_rule(rule: str) -> str:
    """Return what a match rule is called: `point`, `tolerance:0.02`, `not_significantly_worse:0.05`."""
    kind, _, number = rule.partition(":")
    names = {
        "point": t("as good or better"),
        "tolerance": t("at most {delta} less", delta=number),
        "not_significantly_worse": t("not significantly worse"),
    }
    return names.get(kind, rule)


def name_guard(code: str, bloc: str | None = None, sides: Sides | None = None) -> str:
    """Return in a few words why a number is withheld; `bloc` where one side alone is the cause, `sides` as called."""
    if bloc and sides and code != "lopsided":
        return t("{cohort}: {reason}", cohort=name_side(bloc, sides), reason=name_guard(code))
    who = t("{bloc} ", bloc=name_bloc(bloc)) if bloc else ""
    names = {
        "no_models": t("no {who}model scored", who=who),
        "few_records": t("too few {who}records", who=who),
        "stale": t("no recent {who}model", who=who),
        "saturated": t("{who}record near the ceiling", who=who),
        "near_chance": t("{who}record near chance", who=who),
        "lopsided": t("evidence lopsided"),
    }
    return names.get(code, code)


def name_side(bloc: str, sides: Sides | None) -> str:
    """Return what the cohort on a side is called: `sides` where they are not the blocs as a whole, else the bloc."""
    return sides[bloc == "frontier"] if sides else name_bloc(bloc)


def say_guards(guards: Sequence[Row], limit: int | None = None, sides: Sides | None = None) -> str:
    """Return why a number is withheld, each reason once, at most `limit`; `guards` have `code` and `bloc`.

    `sides` are the names of the two cohorts where they are not the blocs as a whole.
    """
    blocs: dict[str, set[str | None]] = {}
    for guard in guards:
        blocs.setdefault(guard["code"], set()).add(guard["bloc"])
    alone = {code: next(iter(found)) if len(found) == 1 else None for code, found in blocs.items()}
    reasons = [name_guard(code, bloc, sides) for code, bloc in alone.items()]
    return t(", ").join(reasons[:limit])


def explain_guards(guards: Sequence[Row], sides: Sides | None = None) -> str:
    """Return why a number is withheld at length; `guards` have a `message` too."""
    said = []
    for guard in guards:
        other = "domestic" if guard["bloc"] == "frontier" else "frontier"
        names = {"cohort": name_side(guard["bloc"], sides), "other": name_side(other, sides)}
        said.append(say(guard["message"].replace_values(**names)))
    return t("; ").join(said)


def name_series(series: str) -> str:
    """Return what a series of counted models or services is called; one that has no words here goes by its id."""
    names = {
        "above-1b-parameters": t("above 1B parameters"),
        "ai-index-notable-cn": t("notable models, China (AI Index)"),
        "ai-index-notable-us": t("notable models, United States (AI Index)"),
        "approved-for-public-use": t("approved for public use"),
        "beijing-filed": t("filed in Beijing"),
        "beijing-register": t("registered in Beijing"),
        "cac-filed": t("services filed with the CAC"),
        "cac-filed-models": t("models filed with the CAC"),
        "filed-or-registered-nationwide": t("filed or registered nationwide"),
        "launched-over-three-years": t("launched over three years"),
        "local-registered": t("registered locally"),
        "press-nationwide": t("counted by the press"),
        "registered-and-online": t("registered and online"),
    }
    return names.get(series, series.replace("-", " "))


def name_kind(kind: str) -> str:
    """Return what kind of publisher a source is."""
    names = {
        "compilation": t("compilation"),
        "dataset": t("dataset"),
        "leaderboard": t("leaderboard"),
        "measured": t("measured here"),
        "press": t("press"),
        "vendor": t("vendor"),
        "primary": t("primary"),
        "secondary": t("secondary"),
    }
    return names.get(kind, kind)


def name_trace(name: str) -> str:
    """Return what a series of a figure is called in its table and in the charts of office programs.

    Names of things, such as tasks and endpoints, stay as they are.
    """
    first, _, rest = name.partition(" ")
    if first in ("domestic", "frontier", "other", "baseline"):
        return t("{bloc}, {year}", bloc=name_bloc(first), year=name_trace(rest)) if rest else name_bloc(first)
    if first.partition(":")[0] in ("point", "tolerance", "not_significantly_worse"):
        return t("{bloc}, {year}", bloc=name_rule(first), year=name_trace(rest)) if rest else name_rule(first)
    names = {
        "cells": t("gap or lag"),
        "claimed": t("claimed"),
        "claims": t("claims"),
        "count": t("count"),
        "difference": t("difference"),
        "gap_points": t("gap"),
        "interval": t("90% interval"),
        "lag": t("lag, months"),
        "lag_months": t("lag, months"),
        "measured": t("measured"),
        "record": t("record"),
        "score": t("score"),
        "wait": t("wait"),
        "withheld": t("withheld"),
    }
    return names.get(name, name)
