"""What readers call things: scales, units, origins, match rules, guards.

Before: the warehouse's ids, codes and rows. After: plain words; whoever shows them escapes what we did not write.
"""

from collections.abc import Sequence
from typing import Any

from dashboard.i18n import SOURCE, get_language, pick_name, t, tn

Row = dict[str, Any]


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


def name_rule(rule: str) -> str:
    """Return what a match rule is called: `point`, `tolerance:0.02`, `not_significantly_worse:0.05`."""
    kind, _, number = rule.partition(":")
    names = {
        "point": t("as good or better"),
        "tolerance": t("at most {delta} less", delta=number),
        "not_significantly_worse": t("not significantly worse"),
    }
    return names.get(kind, rule)


def name_guard(code: str, bloc: str | None = None) -> str:
    """Return in a few words why a number is withheld; `bloc` where one bloc alone is the cause."""
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


def say_guards(guards: Sequence[Row], limit: int | None = None) -> str:
    """Return why a number is withheld, each reason once, at most `limit`; `guards` have `code` and `bloc`."""
    blocs: dict[str, set[str | None]] = {}
    for guard in guards:
        blocs.setdefault(guard["code"], set()).add(guard["bloc"])
    reasons = [name_guard(code, next(iter(found)) if len(found) == 1 else None) for code, found in blocs.items()]
    return t(", ").join(reasons[:limit])


def explain_guards(guards: Sequence[Row]) -> str:
    """Return why a number is withheld at length; the warehouse explains in English, other languages name the guards."""
    if get_language() == SOURCE:
        return t("; ").join(guard["message"] for guard in guards)
    return say_guards(guards)


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
