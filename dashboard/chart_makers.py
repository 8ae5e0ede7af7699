"""The charts of cost, comparison, claims, landscape, video and runs, as the catalogue has them.

Before: what was asked of a snapshot. After: a `Chart`: figure, data in stated units, caption and sources. Where there
is nothing to draw, a UsageError says so.
"""

from typing import Any

from collectors.errors import UsageError
from dashboard.answers import count_figures, read_models, read_standing
from dashboard.captions import caption_records, say_headline
from dashboard.captions_more import (
    caption_claims,
    caption_compare,
    caption_cost,
    caption_drift,
    caption_landscape,
    caption_outcomes,
    count_behind,
)
from dashboard.chart_entries import QUESTION, Asked, Chart, Entry, pick_columns
from dashboard.charts.claims import plot_claims
from dashboard.charts.compare import plot_compare
from dashboard.charts.drift import plot_drift
from dashboard.charts.landscape import plot_landscape
from dashboard.charts.outcomes import plot_outcomes
from dashboard.charts.price import plot_price
from dashboard.charts.records import Axis
from dashboard.charts.size import plot_size
from dashboard.charts.video import plot_video
from dashboard.frames_claims import read_line, read_months
from dashboard.frames_compare import ask_comparison, find_comparison, make_sides, name_both, read_rows
from dashboard.frames_efficiency import name_cost, read_costed_models, read_curves
from dashboard.frames_landscape import count_registered, read_counts
from dashboard.frames_runs import OUTCOMES, list_repeated, name_outcome, read_drift, read_outcomes
from dashboard.frames_video import find_wait, list_boards, say_wait
from dashboard.i18n import t
from dashboard.questions import make_question, name_sides
from dashboard.words import name_scale
from dashboard.words_compare import say_summary

FIRST_PAIR = ("openbmb/minicpm-2b", "mistralai/mistral-7b")
_UNITS = {"fraction": "percent", "elo": "rating_points", "index": "index_points"}


def make_size(asked: Asked) -> Chart:
    """Return `size`: the best score for at most so many parameters, in all or (`by=active`) active ones."""
    return _make_cost(asked, "active" if asked.choices.get("by") == "active" else "size")


def make_price(asked: Asked) -> Chart:
    """Return `price`: the best score for at most so many dollars a million output tokens."""
    return _make_cost(asked, "price")


def _make_cost(asked: Asked, by: str) -> Chart:
    scale, axis = asked.scale, Axis(asked.scale["unit"], asked.scale["chance_floor"])
    models, curves = (ask(asked.snapshot, asked.question, by) for ask in (read_costed_models, read_curves))
    _need(len(models), "no model of known cost is on this scale")
    more = {} if by == "price" else {"is_active": by == "active"}
    plot = plot_price if by == "price" else plot_size
    named = {
        "model": "model", "name": "name", "bloc": "bloc", "day": "release_date",
        "score": f"score_{_UNITS[scale['unit']]}",
        "cost": "usd" if by == "price" else "params_b", "origin": "origin",
    }  # fmt: skip
    return Chart(
        draw=lambda caption, width=1000, height=560: plot(
            models, curves, axis, caption, width=width, height=height, **more
        ),
        caption=caption_cost(asked.snapshot, scale, asked.question, by),
        data=pick_columns(models.assign(score=models["score"] * axis.factor), named),
        alt=t("{scale}: the best score of each bloc by {cost}.", scale=name_scale(scale), cost=name_cost(by)),
        sources=list(count_figures(asked.snapshot, scale, asked.question, "source")),
    )


def make_compare(asked: Asked) -> Chart:
    """Return `compare`: two models, `a` and `b`, or (`compare=cohorts`) two cohorts, benchmark by benchmark."""
    snapshot, is_cohorts = asked.snapshot, asked.choices.get("compare") == "cohorts"
    models = tuple(asked.choices.get(name, first) for name, first in zip("ab", FIRST_PAIR, strict=True))
    question = ask_comparison(asked.chosen, None if is_cohorts else models)
    comparison, problem = find_comparison(snapshot, question, asked.chosen.domain)
    if comparison is None:
        raise UsageError(problem)
    names = name_both(snapshot, comparison, question)
    sides = make_sides(snapshot, comparison, names)
    rows = read_rows(snapshot, comparison)
    named = {
        "benchmark": "benchmark", "domain": "domain", "unit": "unit", "a": "score_a", "b": "score_b",
        "difference": "difference", "ci90_low": "difference_ci90_low", "ci90_high": "difference_ci90_high",
        "basis": "basis", "n_items": "n_items", "evidence": "evidence",
    } | ({"model_a": "record_model_a", "model_b": "record_model_b"} if is_cohorts else {})  # fmt: skip
    return Chart(
        draw=lambda caption, width=1000, height=None: plot_compare(rows, sides, caption, width=width, height=height),
        caption=caption_compare(snapshot, comparison, names),
        data=pick_columns(rows, named),
        alt=t("Differences by benchmark. {summary}", summary=say_summary(comparison, names)),
        sources=sorted({source for row in comparison.rows for source in row.figures["source"].split(" / ")}),
    )


def make_claims(asked: Asked) -> Chart:
    """Return `claims`: the claims that speak of months, and what was measured."""
    claims, days = (ask(asked.snapshot, asked.chosen) for ask in (read_months, read_line))
    _need(len(claims), "no claim speaks of months that were measured")
    named = {
        "number": "number", "claimant": "claimant", "statement": "statement", "day": "claim_date",
        "claimed_low": "claimed_low_months", "claimed_high": "claimed_high_months", "value": "measured_months",
        "ci90_low": "measured_ci90_low_months", "ci90_high": "measured_ci90_high_months",
        "is_lower_bound": "is_lower_bound", "verdict": "verdict",
    }  # fmt: skip
    return Chart(
        draw=lambda caption, width=1000, height=560: plot_claims(claims, days, caption, width=width, height=height),
        caption=caption_claims(asked.snapshot, asked.chosen),
        data=pick_columns(claims, named),
        alt=t("Claimed and measured months of {n} claims, with the standing lag.", n=len(claims)),
        sources=list(count_behind(asked.snapshot, asked.chosen)),
    )


def make_landscape(asked: Asked) -> Chart:
    """Return `landscape`: others' counts by date; the registry's own models are in the figure, not in its data."""
    counts, registered = read_counts(asked.snapshot, asked.chosen.as_of), count_registered(asked.snapshot, asked.chosen)
    sides = name_sides(asked.snapshot, asked.question)
    _need(len(counts), "no count is registered")
    named = {
        "series": "series", "name": "what", "day": "count_date", "n": "n", "is_lower_bound": "is_lower_bound",
        "source_url": "source_url", "notes": "notes",
    }  # fmt: skip
    return Chart(
        draw=lambda caption, width=1000, height=560: plot_landscape(
            counts, registered, caption, width=width, height=height, sides=sides
        ),
        caption=caption_landscape(asked.snapshot, asked.chosen.as_of),
        data=pick_columns(counts, named),
        alt=t("Counts of models and services by date and source; models registered here by bloc and year."),
        sources=[],
    )


def make_video(asked: Asked) -> Chart:
    """Return `video`: ratings of video models on a `board`, by default the newest that is not thin."""
    boards = {scale["scale_id"]: scale for scale in list_boards(asked.snapshot)}
    _need(len(boards), "no rating of video models has landed")
    scale = boards.get(asked.choices.get("board", ""), next(iter(boards.values())))
    question = make_question(asked.chosen, scale)
    models = read_models(asked.snapshot, scale["scale_id"], question)
    wait, sides = find_wait(asked.snapshot, models), name_sides(asked.snapshot, question)
    headline, more = say_headline(read_standing(asked.snapshot, scale["scale_id"], question), scale, sides)
    said: dict[str, Any] = {"said": say_wait(wait, asked.snapshot.as_of), "headline": headline, "more": more}
    named = {
        "model": "model", "name": "name", "bloc": "bloc", "release_date": "release_date",
        "score": "score_rating_points", "ci90_low": "score_ci90_low_rating_points",
        "ci90_high": "score_ci90_high_rating_points", "is_record": "is_record", "origin": "origin", "source": "source",
    }  # fmt: skip
    return Chart(
        draw=lambda caption, width=1000, height=560: plot_video(
            models, wait, caption, width=width, height=height, sides=sides
        ),
        caption=caption_records(asked.snapshot, scale, question),
        data=pick_columns(models, named),
        alt=t("Ratings of video models by release date. {said}. {headline} {more}.", **said),
        sources=list(count_figures(asked.snapshot, scale, question, "source")),
    )


def make_outcomes(asked: Asked) -> Chart:
    """Return `outcomes`: how the calls of our newest runs ended."""
    outcomes = read_outcomes(asked.snapshot, asked.chosen)
    _need(len(outcomes), "nothing was measured here yet")
    names = {outcome: name_outcome(outcome) for outcome in OUTCOMES}
    return Chart(
        draw=lambda caption, width=1000, height=None: plot_outcomes(
            outcomes, names, caption, width=width, height=height
        ),
        caption=caption_outcomes(asked.snapshot),
        data=pick_columns(outcomes, {name: name for name in ("run", "status", "outcome", "n")}),
        alt=t("How the calls of the newest runs ended, in shares."),
        sources=[],
    )


def make_drift(asked: Asked) -> Chart:
    """Return `drift`: an `endpoint` against itself, by default the first that was measured twice."""
    drift = read_drift(asked.snapshot, asked.chosen)
    repeated = list_repeated(drift)
    _need(len(repeated), "no endpoint was measured twice yet")
    endpoint = asked.choices.get("endpoint", next(iter(repeated)))
    _need(endpoint in repeated, f"this endpoint was not measured twice; got {endpoint!r}")
    own = drift[drift["endpoint"] == endpoint]
    own = own.assign(score=own["score"], at=own["at"])
    named = {"task": "task", "protocol": "protocol", "at": "measured_at", "score": "score_percent"}
    return Chart(
        draw=lambda caption, width=1000, height=460: plot_drift(own, caption, width=width, height=height),
        caption=caption_drift(asked.snapshot, repeated[endpoint]),
        data=pick_columns(own.assign(score=own["score"] * 100), named),
        alt=t("Scores of {endpoint} over time, task by task.", endpoint=repeated[endpoint]),
        sources=[],
    )


def _need(found: object, problem: str) -> None:
    if not found:
        raise UsageError(f"chart: has nothing to draw; {problem}. See the page that shows it.")


RUNS = ("domestic", "frontier", "domain", "as-of")
"""The choices that keep runs."""
MORE = (
    Entry("size", "efficiency", 1000, (*QUESTION, "by"), make_size),
    Entry("price", "efficiency", 1000, QUESTION, make_price),
    Entry(
        "compare",
        "compare",
        1000,
        ("compare", "a", "b", "domestic", "frontier", "evidence", "domain", "as-of", "known"),
        make_compare,
    ),
    Entry("claims", "claims", 1000, ("domain", "evidence", "match", "as-of", "known"), make_claims),
    Entry("landscape", "landscape", 1000, ("domestic", "frontier", "as-of"), make_landscape),
    Entry("video", "video", 1000, ("domestic", "frontier", "evidence", "match", "as-of", "known", "board"), make_video),
    Entry("outcomes", "endpoints-and-runs", 1000, RUNS, make_outcomes),
    Entry("drift", "endpoints-and-runs", 1000, (*RUNS, "endpoint"), make_drift),
)
"""The entries of these charts, in the order of their pages."""
