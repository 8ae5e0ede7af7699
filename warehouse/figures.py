"""The figures behind a question, and the cohorts a question can be put about.

Before: a snapshot and a `Question`. After: one row a model that the question's evidence admits, with its cohort and
whether it set that cohort's record; the cohorts that have a name, one row each.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from warehouse.cohorts import BLOCS, rank_terms
from warehouse.gaps import Question, load_question, read_cohort, read_cohorts
from warehouse.panels import Source
from warehouse.stats.panel import Panel
from warehouse.stats.records import list_records

MIN_MODELS = 3
"""A developer with fewer models than a guard wants records is no cohort to offer."""

FIGURE = pa.schema(
    [
        *((name, pa.string()) for name in ("model", "name_en", "name_zh", "bloc", "cohort")),
        *((name, pa.date32()) for name in ("release_date", "known_date")),
        *((name, pa.float64()) for name in ("score", "stderr", "ci90_low", "ci90_high")),
        *((name, pa.string()) for name in ("origin", "source")),
        ("n_benchmarks", pa.int64()),
        ("is_record", pa.bool_()),
    ]
)


def read_figures(source: Source, question: Question, by: str = "release_date") -> pa.Table:
    """Return every model that a question's evidence admits by its day (schema `FIGURE`), in order of `by`.

    `cohort` is domestic or frontier as the question names them (the former where a model is in both), NULL for
    neither. `is_record`: it set its cohort's record by `by`, which is `release_date` or `known_date`; models whose
    date is not known are left out. Raises UsageError and WarehouseError as `measure_gap` does.
    """
    data = load_question(source, question)
    as_of = question.as_of or question.vintage or source.as_of
    masks = dict(zip(("domestic", "frontier"), read_cohorts(source, question), strict=True))
    models = [row for row in data.models if row.get(by) is not None and row[by] <= as_of]
    models.sort(key=lambda row: (row[by], row["model"]))
    belongs = {name: cohort.select(models) for name, cohort in masks.items()}
    records = {name: _find_records(models, by, held) for name, held in belongs.items()}
    rows = []
    for place, model in enumerate(models):
        cohort = next((name for name, held in belongs.items() if held[place]), None)
        is_record = cohort is not None and model["model"] in records[cohort]
        rows.append({name: model.get(name) for name in FIGURE.names} | {"cohort": cohort, "is_record": is_record})
    return pa.Table.from_pylist(rows, schema=FIGURE)


def _find_records(models: Sequence[dict], by: str, held: Sequence[bool]) -> set[str]:
    """Return the models among those `held` that set the record, with `by` as the day on which each came."""
    chosen = [model for model, is_held in zip(models, held, strict=True) if is_held]
    if not chosen:
        return set()
    panel = Panel(
        models=tuple(model["model"] for model in chosen),
        release=np.array([model[by] for model in chosen], dtype="datetime64[D]"),
        score=np.array([model["score"] for model in chosen], dtype=float),
        domestic=np.ones(len(chosen), dtype=bool),
        frontier=np.zeros(len(chosen), dtype=bool),
        draws=None,
    )
    return {step.model for step in list_records(panel, "domestic")}


def list_members(source: Source, cohort: str) -> set[str]:
    """Return the registered models that belong to a cohort, scored or not. Raises UsageError where it is none."""
    models = source.rows("""
        SELECT model, bloc, developer, is_open_weights, params_b,
               (SELECT arg_min(output_per_1m, from_date) FROM model_price
                WHERE model_price.model = model.model AND currency = 'USD') AS output_usd_per_1m
        FROM model ORDER BY model""")
    held = read_cohort(source, cohort).select(models)
    return {model["model"] for model, belongs in zip(models, held, strict=True) if belongs}


def read_model_points(source: Source, model: str) -> pa.Table:
    """Return what stands for a model on every scale it is on: its score there, and the `score_id` that it is."""
    return source.query(
        """SELECT scale_id, kind, score, ci90_low, ci90_high, point.n_benchmarks, score_id
           FROM point JOIN scale USING (scale_id) WHERE model = ? ORDER BY scale_id""",
        [model],
    )


def list_cohorts(source: Source) -> list[dict]:
    """Return the cohorts that have a name: `cohort, kind, terms, bloc, name_en, name_zh`, blocs first, developers last.

    `kind` is bloc, named (registry/cohorts.yaml) or developer; `bloc` is None for a named cohort that spans blocs, to
    be joined to one as `domestic,up-to-10b`; tiers of size, then of price, stand in order. Developers with fewer than
    three dated models are left out.
    """
    blocs = source.rows("SELECT bloc AS cohort, 'bloc' AS kind, bloc AS terms, bloc, name_en, name_zh FROM bloc")
    named = source.rows("SELECT cohort, 'named' AS kind, terms, name_en, name_zh FROM cohort ORDER BY cohort")
    named.sort(key=lambda row: rank_terms(row["terms"]))
    for row in named:
        row["bloc"] = next((term for term in row["terms"].split("+") if term in BLOCS), None)
    developers = source.rows(
        """SELECT developer.developer AS cohort, 'developer' AS kind, cohort AS terms, bloc,
                  developer.name_en, developer.name_zh
           FROM developer JOIN model ON model.developer = developer.developer
           WHERE bloc <> 'baseline' AND release_date IS NOT NULL
           GROUP BY ALL HAVING count(*) >= ? ORDER BY count(*) DESC, cohort""",
        [MIN_MODELS],
    )
    order = [row for bloc in BLOCS for row in blocs if row["bloc"] == bloc]
    return [*order, *named, *developers]
