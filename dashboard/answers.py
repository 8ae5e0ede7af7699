"""What the warehouse answers to a reader's question, as the frames and mappings that charts and captions take.

Before: a snapshot, a scale and a `read.Question` about it. After: shown units (percent points, months); numbers that a
guard withholds are None. Questions that the marts answer are looked up; all others are worked out once and kept.
"""

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd

from collectors.errors import ModelgapError
from dashboard import frames
from dashboard.frames import describe_domain, show_document
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.questions import PUBLISHED, Choices, is_standing, make_question, name_sides
from dashboard.words import name_guard, say
from warehouse import read

Row = dict[str, Any]
_COUNTED = ("km_median_months", "matched", "total", "oldest_unmatched_months")
_SHOWN = {"standing_months": "lag_months", "ci90_low": "ci90_low", "ci90_high": "ci90_high", "gap_points": "gap_points"}


@keep_answers
def read_standing(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> Row:
    """Return gap and lag in shown units, with intervals, records and guards, as of the question's day.

    Raises ModelgapError where the question has no answer.
    """
    if is_standing(question):
        return frames.read_standing(snapshot, scale_id)
    result = read.measure_gap(snapshot, question)
    document = result.to_document()
    reached = result.lag.matched if result.lag and result.lag.leads == "frontier" else None
    return show_document(document) | {
        "as_of": document["as_of"],
        "domestic_record": document["domestic_record"],
        "frontier_record": document["frontier_record"],
        "reached_date": reached and reached.released,
        "reached_by_model": reached and reached.model,
        "guards": document["guards"],
        "match_rule": document["lag"]["match_rule"],
    }


@keep_answers
def trace_days(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> pd.DataFrame:
    """Return the lag of every day by two match rules, in the columns that `plot_lag` takes; guarded days have none.

    `gap_points` are in shown units too. Raises ModelgapError where the question has no answer.
    """
    unit = read.find_scale(snapshot, scale_id)["unit"]
    days = pd.concat(
        _trace(snapshot, scale_id, question, other_rule=other).to_pandas() for other in (False, True)
    ).reset_index(drop=True)
    days["guard"] = [t(", ").join(name_guard(code) for code in codes) or None for codes in days["guards"]]
    is_open = days["guard"].isna()
    shown = {name: days[column].where(is_open) for column, name in _SHOWN.items()}
    shown["gap_points"] = shown["gap_points"] * (100 if unit == "fraction" else 1)
    return days[["date", "match_rule", "guard"]].assign(**shown)


def _trace(snapshot: read.Snapshot, scale_id: str, question: read.Question, *, other_rule: bool) -> Any:
    """Return the series from the marts where they hold it: of an index or a domain's scale, asked as pages open."""
    if is_standing(question):
        found = read.read_series(snapshot, scale_id, other_rule=other_rule)
        if len(found):
            return found
    return read.measure_series(snapshot, question, other_rule=other_rule)


@keep_answers
def read_models(
    snapshot: read.Snapshot, scale_id: str, question: read.Question, by: str = "release_date"
) -> pd.DataFrame:
    """Return every model that the question admits, in the columns that `plot_records` takes; baselines come with it.

    `bloc` is the cohort that a model belongs to, as domestic or frontier, else other. `by` is the day that stands in
    `release_date`: that of release, or `known_date`, on which the figure became known.
    """
    if is_standing(question) and by == "release_date":
        return frames.read_models(snapshot, scale_id)
    rows = read.read_figures(snapshot, question, by).to_pylist()
    models = pd.DataFrame(rows, columns=read.read_figures(snapshot, question, by).column_names)
    models = models.assign(
        name=[pick_name(row) for row in rows], bloc=models["cohort"].fillna("other"), release_date=models[by]
    )
    whole = frames.read_models(snapshot, scale_id)
    baselines = whole[whole["bloc"] == "baseline"].reindex(columns=models.columns)
    parts = [part for part in (models, baselines.assign(is_record=False)) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else models


@keep_answers
def read_scale(snapshot: read.Snapshot, scale_id: str, question: read.Question | None) -> Row:
    """Return a scale as a question finds it: an index is fitted anew to the evidence that the question admits."""
    if question is None or not (question.origins or question.vintage):
        return read.find_scale(snapshot, scale_id)
    return read.measure_gap(snapshot, question).scale


def count_models(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> int:
    """Return how many models a question leaves on a scale: those of its evidence that were out by its day."""
    return int((read_models(snapshot, scale_id, question)["bloc"] != "baseline").sum())


@keep_answers
def has_known_dates(snapshot: read.Snapshot, scale_id: str) -> bool:
    """Return whether it is known of a scale's figures when they became known; an index has no such day."""
    models = frames.read_models(snapshot, scale_id)
    return bool(models.loc[models["bloc"] != "baseline", "known_date"].notna().any())


@keep_answers
def read_domain_rows(snapshot: read.Snapshot, choices: Choices) -> pd.DataFrame:
    """Return a row for every domain, in the columns that `plot_domains` takes, by cohorts, evidence, rule and day."""
    if choices == Choices():
        return frames.read_domain_rows(snapshot)
    scales = {scale["scale_id"]: scale for scale in read.list_scales(snapshot).to_pylist()}
    rows = []
    for row in read.read_domains(snapshot).to_pylist():
        scale = find_domain_scale(snapshot, choices.evidence, row["domain"])
        rows.append(_measure_domain(snapshot, row | {"unit": scale and scale["unit"]}, scale, choices, scales))
    return pd.DataFrame(rows)


def _measure_domain(
    snapshot: read.Snapshot, row: Row, scale: Row | None, choices: Choices, scales: dict[str, Row]
) -> Row:
    if scale is None:
        return describe_domain(row, None, scales) | {"guard": t("no such evidence")}
    question = make_question(choices, scale)
    try:
        result = read.measure_gap(snapshot, question)
    except ModelgapError as error:
        detail = say(read.get_message(error))
        return describe_domain(row, None, scales) | {"guard": t("no answer"), "guard_detail": detail}
    fitted = scales | {scale["scale_id"]: result.scale}
    return describe_domain(row, result.to_document(), fitted, name_sides(snapshot, question))


def find_domain_scale(snapshot: read.Snapshot, evidence: str, domain: str) -> Row | None:
    """Return the scale that stands for a domain by some evidence: the warehouse's own, else the widest; None: none."""
    found = frames.list_scales(snapshot, evidence, domain)
    if evidence == PUBLISHED:
        standing = {row["domain"]: row["scale_id"] for row in read.read_domains(snapshot).to_pylist()}
        found = [scale for scale in found if scale["scale_id"] == standing.get(domain)]
    return found[0] if found else None


@keep_answers
def read_waits(snapshot: read.Snapshot, question: read.Question) -> tuple[pd.DataFrame, Row]:
    """Return each frontier record with its first domestic match, in the columns that `plot_catch_up` takes, and a sum.

    The sum is `km_median_months, ci90_low, ci90_high, matched, total, oldest_unmatched_months, match_rule, as_of,
    guards`; its numbers are None, and the frame empty, where a guard withholds them.
    """
    result = read.measure_gap(snapshot, question)
    names = name_models(snapshot)
    forward = result.forward
    rows = [
        {
            "name": names.get(wait.target.model, wait.target.model),
            "released": wait.target.released,
            "match": wait.matched and names.get(wait.matched.model, wait.matched.model),
            "matched": wait.matched and wait.matched.released,
            "months": wait.months,
        }
        for wait in (forward.waits if forward else ())
    ]
    interval = forward.ci90 if forward else None
    total = {
        name: getattr(forward, name, None)
        for name in ("km_median_months", "matched", "total", "oldest_unmatched_months")
    }
    return pd.DataFrame(rows, columns=["name", "released", "match", "matched", "months"]), total | {
        "ci90_low": interval and interval.low,
        "ci90_high": interval and interval.high,
        "match_rule": result.rules[0].label,
        "as_of": result.as_of,
        "guards": result.to_document()["guards"],
    }


@keep_answers
def name_models(snapshot: read.Snapshot) -> dict[str, str]:
    """Return what every registered model is called, by its id."""
    return {row["model"]: pick_name(row) for row in read.list_models(snapshot).to_pylist()}


def list_behind(snapshot: read.Snapshot, standing: Row) -> dict[str, str]:
    """Return the models that a standing gap rests on, id to name: both records, and who first reached the lower one."""
    records = (standing["domestic_record"], standing["frontier_record"])
    models = [*(record["model"] for record in records if record), standing.get("reached_by_model")]
    names = name_models(snapshot)
    return {model: names.get(model, model) for model in models if model}


def count_figures(snapshot: read.Snapshot, scale: Row, question: read.Question | None, by: str) -> dict[str, int]:
    """Return how many figures an answer rests on `by` origin or source, the most first.

    An index rests on all that it is fitted to, also where only the models of an earlier day are drawn.
    """
    if question is None or not (question.origins or question.vintage or question.as_of):
        return frames.count_evidence(snapshot, scale, by)
    if scale["unit"] == "index":
        narrowed = scale | {"origins": list(question.origins) or scale["origins"]}
        return frames.count_evidence(snapshot, narrowed, by, question.vintage)
    models = read_models(snapshot, scale["scale_id"], question)
    return models.loc[models["bloc"] != "baseline", by].value_counts().to_dict()


@keep_answers
def count_domain_sources(snapshot: read.Snapshot, choices: Choices) -> dict[str, int]:
    """Return how many figures each source gave to the scales that stand for the domains, the most first."""
    counts: Counter[str] = Counter()
    for row in read.read_domains(snapshot).to_pylist():
        scale = find_domain_scale(snapshot, choices.evidence, row["domain"])
        try:
            counts.update(count_figures(snapshot, scale, make_question(choices, scale), "source") if scale else {})
        except ModelgapError:
            continue  # A domain without an answer is drawn without figures.
    return dict(counts.most_common())


def get_day(snapshot: read.Snapshot, question: read.Question) -> date:
    """Return the day that a question is asked for: its own, or that of the newest evidence."""
    return question.as_of or question.vintage or snapshot.as_of
