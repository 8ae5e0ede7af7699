"""What a score costs: the frames of the efficiency page.

Before: the current snapshot, read through `warehouse.read`. After: models with their cost, record curves by bloc and
year, and the rows of the page's tables, with titles for columns.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from dashboard.answers import name_models
from dashboard.charts.records import Axis
from dashboard.i18n import say_number, t
from dashboard.keeping import keep_answers
from dashboard.questions import name_sides
from dashboard.words import name_side, name_unit, say_guards
from warehouse import read

Row = dict[str, Any]
COST = {"size": "params_b", "active": "active_params_b", "price": "output_usd_per_1m"}
TIERS = {"size": ("4b", "10b", "40b", ""), "price": ("1usd", "5usd", "")}
SIDES = ("domestic", "frontier")
FIRST_YEAR = 2023


@keep_answers
def read_costed_models(snapshot: read.Snapshot, question: read.Question, by: str) -> pd.DataFrame:
    """Return the two cohorts' models whose cost is known, in the columns that `plot_cost` takes."""
    figures = read.read_figures(snapshot, question).to_pandas()
    costs = read.read_costs(snapshot).to_pandas().set_index("model")[COST[by]]
    names = name_models(snapshot)
    models = figures.assign(
        cost=figures["model"].map(costs), name=figures["model"].map(names), bloc=figures["cohort"],
        day=[f"{day:%Y-%m-%d}" for day in pd.to_datetime(figures["release_date"])],
    )  # fmt: skip
    return models[models["cost"].notna() & models["bloc"].notna()]


@keep_answers
def read_curves(snapshot: read.Snapshot, question: read.Question, by: str) -> pd.DataFrame:
    """Return both cohorts' record curves at the end of each year since 2023 and as of the question, a row a step."""
    last = question.as_of or question.vintage or snapshot.as_of
    names, rows = name_models(snapshot), []
    for day in [date(year, 12, 31) for year in range(FIRST_YEAR, last.year)] + [last]:
        asked = replace(question, as_of=day)
        for side, found in zip(SIDES, _measure(snapshot, asked, by).cohorts, strict=True):
            known = {"bloc": side, "year": str(day.year), "is_latest": day == last}
            rows += [
                known | {"name": names[step.model], "cost": step.cost, "score": step.score} for step in found.curve
            ]
    return pd.DataFrame(rows, columns=["bloc", "year", "is_latest", "name", "cost", "score"])


def _measure(snapshot: read.Snapshot, question: read.Question, by: str, **target: str) -> read.Efficiency:
    return read.measure_efficiency(
        snapshot, question, by=by, cohorts=(question.domestic, question.frontier), **target
    )  # fmt: skip


@keep_answers
def list_targets(snapshot: read.Snapshot, question: read.Question) -> dict[str, str]:
    """Return the models whose score may be asked for, id to name with release month: those that set a record."""
    names = name_models(snapshot)
    rows = [row for row in read.read_figures(snapshot, question).to_pylist() if row["is_record"]]
    return {
        row["model"]: t("{name} ({date:%Y-%m})", name=names[row["model"]], date=row["release_date"]) for row in rows
    }


@keep_answers
def table_reached(snapshot: read.Snapshot, question: read.Question, by: str, model: str) -> pd.DataFrame:
    """Return how the least cost that reaches a model's score fell in each cohort: a row each time it did."""
    names = name_models(snapshot)
    found = _measure(snapshot, question, by, reach_model=model)
    axis = Axis(found.scale["unit"], found.scale["chance_floor"])
    rows = [(side, step) for side, cohort in zip(SIDES, found.cohorts, strict=True) for step in cohort.reached]
    return pd.DataFrame(
        {
            t("Cohort"): [name_side(side, name_sides(snapshot, question)) for side, _ in rows],
            t("Since"): [step.released for _, step in rows],
            t("Model"): [names[step.model] for _, step in rows],
            name_cost(by): [step.cost for _, step in rows],
            t("Score"): [axis.format(step.score) for _, step in rows],
        }
    )


def name_cost(by: str) -> str:
    """Return what a cost is called, with its unit."""
    names = {
        "size": t("Parameters, billion"),
        "active": t("Active parameters, billion"),
        "price": t("USD per 1M output tokens"),
    }
    return names[by]


@keep_answers
def count_costed(snapshot: read.Snapshot, question: read.Question, by: str) -> dict[str, tuple[int, int]]:
    """Return by side of how many of its models on a scale the cost is known: `{side: (known, all)}`."""
    cohorts = _measure(snapshot, question, by).cohorts
    return {side: (found.n_costed, found.n_models) for side, found in zip(SIDES, cohorts, strict=True)}


@keep_answers
def table_tiers(snapshot: read.Snapshot, question: read.Question, by: str) -> pd.DataFrame:
    """Return, tier by tier, the best of each cohort, and gap and lag between them or why there is no number."""
    tiers = TIERS["price" if by == "price" else "size"]
    return pd.DataFrame([_describe_tier(snapshot, question, tier) for tier in tiers])


def _describe_tier(snapshot: read.Snapshot, question: read.Question, tier: str) -> Row:
    names, sides = name_models(snapshot), name_sides(snapshot, question)
    cohorts = {side: ",".join(filter(None, (getattr(question, side), tier))) for side in SIDES}
    result = read.measure_gap(snapshot, replace(question, **cohorts))
    document = result.to_document()
    axis = Axis(document["unit"], result.scale["chance_floor"])
    best = {
        side: t("{name}, {score}", name=names[record["model"]], score=axis.format(record["score"])) if record else None
        for side in SIDES
        for record in [document[f"{side}_record"]]
    }
    gap, months = document["gap"]["points"], document["lag"]["standing_months"]
    titles = [t("Best: {cohort}", cohort=side) for side in sides or ()] or [t("Best domestic"), t("Best frontier")]
    return {
        t("Tier"): name_tier(tier),
        titles[0]: best["domestic"],
        titles[1]: best["frontier"],
        t("Gap, {unit}", unit=name_unit(document["unit"])): "–" if gap is None else say_number(gap * axis.factor),
        t("Lag, months"): say_guards(document["guards"], sides=sides) if months is None else say_number(months),
    }


def name_tier(tier: str) -> str:
    """Return what a tier is called: `10b`, `5usd`, or nothing for all models."""
    if tier.endswith("usd"):
        return t("up to ${n}", n=tier.removesuffix("usd"))
    return t("up to {n}B", n=tier.removesuffix("b")) if tier else t("all models")


def table_answers(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return what a correct answer cost in each of our complete runs whose cost is known, the cheapest first.

    Simulated endpoints are programs of our own: their answers cost nothing, and that says nothing.
    """
    marks = {row["run"]: row for row in read.read_run_marks(snapshot).to_pylist()}
    runs = [row for row in read.list_runs(snapshot).to_pylist() if row["run"] in marks and not row["is_simulated"]]
    rows = []
    for run in (row for row in runs if row["status"] == "complete" and row["cost_usd"] is not None):
        n_marked, n_correct = marks[run["run"]]["n_marked"], marks[run["run"]]["n_correct"]
        each = run["cost_usd"] / n_correct * 1000 if n_correct else None
        rows.append((each, run["endpoint"], run["finished_at"], n_marked, n_correct, run["cost_usd"]))
    rows.sort(key=lambda row: (row[0] is None, row[0] or 0.0))
    titles = (
        t("USD per 1,000 correct answers"), t("Endpoint"), t("Finished (UTC)"), t("Items"), t("Correct"),
        t("Cost, USD"),
    )  # fmt: skip
    return pd.DataFrame(rows, columns=titles)
