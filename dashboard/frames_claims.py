"""Public claims and what became of them: the frames of the claims page.

Before: the current snapshot, read through `warehouse.read`. After: a mapping for each claim, the rows of the table,
and the claims in months in the columns that `plot_claims` takes. Statements are not our words.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pandas as pd

from collectors.errors import ModelgapError
from dashboard.answers import name_models, trace_days
from dashboard.frames import ALL, list_scales
from dashboard.i18n import pick_name, say_number, t
from dashboard.keeping import keep_answers
from dashboard.questions import MATCHES, PUBLISHED, Choices, make_question
from dashboard.words import name_origin, name_scale
from warehouse import read

Row = dict[str, Any]
VERDICTS = ("supported", "contradicted", "undetermined")
VIEWS = ("hindsight", "vintage", "today")


@keep_answers
def list_claims(snapshot: read.Snapshot) -> list[Row]:
    """Return every checked claim, oldest first, with its number, its words and the verdict in each view."""
    verdicts = {row["claim"]: row for row in read.read_verdicts(snapshot)}
    rows = [row for row in read.read_claims(snapshot).to_pylist() if row["claim"] in verdicts]
    return [
        {**verdicts[row["claim"]], **row, "number": number, "link": find_link(row["source_url"])}
        for number, row in enumerate(rows, 1)
    ]


def find_link(url: str | None) -> str | None:
    """Return an address that may be followed, None for any that is not http or https."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def name_verdict(verdict: str) -> str:
    """Return what a verdict is called."""
    names = {"supported": t("supported"), "contradicted": t("contradicted"), "undetermined": t("undetermined")}
    return names[verdict]


def name_view(view: str) -> str:
    """Return what a view is called: by which figures a claim is judged."""
    names = {
        "hindsight": t("Hindsight: the day it speaks of, by today's figures"),
        "vintage": t("Vintage: by the figures public on the day of the claim"),
        "today": t("Today: the same statement, as of the newest evidence"),
    }
    return names[view]


def name_unit(unit: str | None) -> str:
    """Return what the unit of a claim is called; one that we do not know stays as it is."""
    names = {
        "months": t("months"),
        "percentage points": t("percentage points"),
        "rating points": t("rating points"),
        "index points": t("index points"),
        "of the way": t("of the way"),
    }
    return names.get(unit or "", unit or "")


def name_role(role: str) -> str:
    """Return what part a model plays in a claim."""
    names = {
        "of": t("the one compared"),
        "against": t("held against"),
        "upper": t("upper mark"),
        "target": t("target"),
        "first match": t("first match"),
    }
    return names.get(role, role)


@keep_answers
def name_terms(snapshot: read.Snapshot) -> dict[str, str]:
    """Return what the ids in a claim's reasons are called: scales, benchmarks, models, cohorts, domains."""
    scales = {row["scale_id"]: name_scale(row) for row in read.list_scales(snapshot).to_pylist()}
    benchmarks = {row["benchmark"]: pick_name(row) for row in read.list_benchmarks(snapshot).to_pylist()}
    cohorts = {row["cohort"]: pick_name(row) for row in read.list_cohorts(snapshot) if row["kind"] == "named"}
    domains = {row["domain"]: pick_name(row) for row in read.read_domains(snapshot).to_pylist()}
    return scales | domains | benchmarks | cohorts | name_models(snapshot)


def say_range(ends: list[float | None]) -> str:
    """Return a claimed range in words: `7`, `12 to 24`, `at least 3`, `at most 5`; nothing for an open one."""
    low, high = ends
    if low is None or high is None:
        if low is not None:
            return t("at least {value:g}", value=round(low, 1))
        return "" if high is None else t("at most {value:g}", value=round(high, 1))
    if low == high:
        return say_number(round(low, 1), "g")
    return t("{low:g} to {high:g}", low=round(low, 1), high=round(high, 1))


def say_measured(view: Row) -> str:
    """Return what was measured in a view with its interval or the range of published figures, and the unit."""
    if view["value"] is None:
        return t("not measured")
    text = t("{value:.1f} {unit}", value=view["value"], unit=name_unit(view["unit"]))
    if view["is_lower_bound"]:
        text = t("{text} so far", text=text)
    ends = [end for end in view["ci90"] or view["figures_range"] or () if end is not None]
    if len(ends) < 2:
        return text
    named = t("90% interval") if view["ci90"] else t("range of published figures")
    return t("{text}, {named} {low:.1f} to {high:.1f}", text=text, named=named, low=ends[0], high=ends[1])


@keep_answers
def keep_claims(snapshot: read.Snapshot, chosen: Choices) -> list[Row]:
    """Return the claims of a domain that were made by a day, each with the `main` view that the choices name.

    That is hindsight, or the vintage where only figures of then may count: then is the day of the claim.
    """
    main = "vintage" if chosen.known_then else "hindsight"
    return [
        row | {"main": row[main], "verdict": row[main]["verdict"]}
        for row in list_claims(snapshot)
        if chosen.domain in (ALL, row["domain"]) and (chosen.as_of is None or row["claim_date"] <= chosen.as_of)
    ]


@keep_answers
def judge_claim(snapshot: read.Snapshot, claim: str, chosen: Choices) -> Row | None:
    """Return a claim judged by the match rule and on the evidence chosen; None where those are as every verdict's."""
    if chosen.match == MATCHES[0] and chosen.evidence == PUBLISHED:
        return None
    origins = () if chosen.evidence == PUBLISHED else tuple(chosen.evidence.split(","))
    return read.check_claim(snapshot, claim, chosen.match, origins)


def table_claims(claims: list[Row]) -> pd.DataFrame:
    """Return the claims as readers see them, one row each."""
    return pd.DataFrame(
        {
            t("No."): [row["number"] for row in claims],
            t("Date"): [row["claim_date"] for row in claims],
            t("Who"): [pick_name(row, "claimant") for row in claims],
            t("Statement"): [pick_name(row, "statement") for row in claims],
            t("Verdict"): [name_verdict(row["verdict"]) for row in claims],
            t("Claimed"): [say_range(row["main"]["claimed"]) for row in claims],
            t("Measured"): [say_measured(row["main"]) for row in claims],
            t("By figures of then"): [name_verdict(row["vintage"]["verdict"]) for row in claims],
            t("Today"): [name_verdict(row["today"]["verdict"]) for row in claims],
            t("Source"): [row["link"] for row in claims],
        }
    )


@keep_answers
def read_months(snapshot: read.Snapshot, chosen: Choices = Choices()) -> pd.DataFrame:
    """Return the claims that speak of months and were measured, in the columns that `plot_claims` takes."""
    columns = (
        "number", "claimant", "statement", "day", "claimed_low", "claimed_high", "value", "ci90_low", "ci90_high",
        "is_lower_bound", "verdict", "scale",
    )  # fmt: skip
    rows = [row for row in keep_claims(snapshot, chosen) if row["main"]["unit"] == "months"]
    return pd.DataFrame([_describe(row) for row in rows if row["main"]["value"] is not None], columns=columns)


def _describe(row: Row) -> Row:
    view = row["main"]
    claimed, interval = view["claimed"], view["ci90"] or (None, None)
    return {
        "number": row["number"],
        "claimant": pick_name(row, "claimant"),
        "statement": pick_name(row, "statement"),
        "day": row["claim_date"],
        "claimed_low": claimed[0],
        "claimed_high": claimed[1],
        "value": view["value"],
        "ci90_low": interval[0],
        "ci90_high": interval[1],
        "is_lower_bound": view["is_lower_bound"],
        "verdict": view["verdict"],
        "scale": view["scale"],
    }


def find_line_scale(snapshot: read.Snapshot, chosen: Choices) -> Row | None:
    """Return the scale whose lag the claims stand before: the index of the evidence chosen, or the domain's widest."""
    found = list_scales(snapshot, chosen.evidence, chosen.domain)
    return found[0] if found and (chosen.domain != ALL or found[0]["kind"] == "index") else None


@keep_answers
def read_line(snapshot: read.Snapshot, chosen: Choices) -> pd.DataFrame:
    """Return the standing lag day by day by the rule and evidence chosen; empty where that has no answer."""
    scale = find_line_scale(snapshot, chosen)
    try:
        days = trace_days(snapshot, scale["scale_id"], make_question(chosen, scale)) if scale else None
    except ModelgapError:
        days = None
    columns = ["date", "lag_months", "ci90_low", "ci90_high"]
    if days is None or not len(days):
        return pd.DataFrame(columns=columns)
    return days.loc[days["match_rule"] == days["match_rule"].iloc[0], columns]


def table_evidence(snapshot: read.Snapshot, evidence: list[Row]) -> pd.DataFrame:
    """Return the models that a claim's verdicts rest on: in which view and part, with which score, by whose figures.

    Behind a score on an index stand a model's figures on benchmarks, which its link leads to.
    """
    names, scales = name_models(snapshot), name_terms(snapshot)
    return pd.DataFrame(
        {
            t("View"): [name_view(row["view"]).partition(t(":"))[0] for row in evidence],
            t("Part"): [name_role(row["role"]) for row in evidence],
            t("Model"): [names.get(row["model"], row["model"]) for row in evidence],
            t("Released"): [row.get("released") for row in evidence],
            t("Scale"): [scales.get(row["scale"], row["scale"]) for row in evidence],
            t("Score"): [f"{row['score']:.1%}" if row["score"] <= 1 else f"{row['score']:.1f}" for row in evidence],
            t("Whose figures"): [_say_origin(snapshot, row) for row in evidence],
            t("Source"): [find_link(row.get("source_url")) or link_model(row["model"]) for row in evidence],
        }
    )


def _say_origin(snapshot: read.Snapshot, row: Row) -> str:
    if row.get("origin"):
        return name_origin(row["origin"].partition(" ")[0])
    on_scale = {found["scale_id"]: found for found in read.read_model_points(snapshot, row["model"]).to_pylist()}
    found = on_scale.get(row["scale"])
    is_same_fit = found and abs(found["score"] - row["score"]) < 1e-4
    return t("index of {n} benchmarks", n=found["n_benchmarks"]) if is_same_fit else t("several origins")


def link_model(model: str) -> str:
    """Return the address of a model's figures on this dashboard, beside the page that shows the link."""
    return f"data-and-methods?{urlencode({'part': 'figures', 'model': model})}"
