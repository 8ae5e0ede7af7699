"""Load one scale with its models and joint draws, and make of it the panel that the statistics take.

Before: a snapshot's tables and the choice of a scale, of origins, of a vintage. After: a `ScaleData`: the models that
have a score, as mappings, and their draws; from the marts where they hold just that, else computed anew.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import pyarrow as pa

from collectors.errors import UsageError
from collectors.registry_checks import find_closest
from warehouse.cohorts import Cohort
from warehouse.index_scores import IndexSpec
from warehouse.indices import ECI, INDEX, N_DRAWS, fit_indices, shape_figures
from warehouse.phrases import Phrase
from warehouse.stats.panel import Panel

MAX_KEPT = 200
"""How many scales a source keeps at hand: all of a snapshot's own, and some of those that readers compose."""

_MODEL_COLUMNS = """
    model.model, model.name_en, model.name_zh, model.developer, model.bloc, model.release_date, model.date_precision,
    model.is_open_weights, model.params_b, model.active_params_b, model.modality, price.output_usd_per_1m"""
_MODEL_TABLES = """
    JOIN model ON model.model = figure.model
    LEFT JOIN (
        SELECT model, arg_min(output_per_1m, from_date) AS output_usd_per_1m
        FROM model_price WHERE currency = 'USD' GROUP BY model
    ) AS price ON price.model = model.model
    WHERE model.bloc <> 'baseline' AND model.release_date IS NOT NULL
    ORDER BY model.release_date, model.model"""


class Source(Protocol):
    """What a panel is loaded from: a snapshot, or a warehouse that is being built."""

    cache: dict

    def query(self, sql: str, params: object = None) -> pa.Table:
        """Return the rows of one SELECT."""

    def rows(self, sql: str, params: object = None) -> list[dict]:
        """Return the rows of one SELECT as mappings."""


@dataclass(frozen=True)
class Evidence:
    """Which published figures count: of these origins only (none: of all), first known by this day only."""

    origins: tuple[str, ...] = ()
    vintage: date | None = None

    @property
    def is_all(self) -> bool:
        """Return whether nothing is left out, so that the marts hold the answer."""
        return not self.origins and self.vintage is None


@dataclass(frozen=True, eq=False)
class ScaleData:
    """A scale's models by release date, one mapping each, and their draws (n_draws, n_models) where there are any."""

    scale: dict
    models: tuple[dict, ...]
    draws: np.ndarray | None

    def make_panel(self, domestic: Cohort, frontier: Cohort) -> tuple[Panel, np.ndarray]:
        """Return the panel of the two cohorts' models, and on how many benchmarks each model's score rests.

        On a benchmark the draws are normal with each score's standard error; where one model of the cohorts has none,
        there are no draws at all: an interval over the others would claim too much.
        """
        masks = np.array([cohort.select(self.models) for cohort in (domestic, frontier)], dtype=bool)
        kept = np.flatnonzero(masks.any(axis=0)) if len(self.models) else np.array([], dtype=int)
        models = [self.models[i] for i in kept]
        score = np.array([model["score"] for model in models], dtype=float)
        panel = Panel(
            models=tuple(model["model"] for model in models),
            release=np.array([model["release_date"] for model in models], dtype="datetime64[D]"),
            score=score,
            domestic=masks[0][kept],
            frontier=masks[1][kept],
            draws=self._draw(kept, score),
        )
        return panel, np.array([model["n_benchmarks"] for model in models], dtype=int)

    def _draw(self, kept: np.ndarray, score: np.ndarray) -> np.ndarray | None:
        if self.draws is not None:
            return self.draws[:, kept]
        stderr = [self.models[i]["stderr"] for i in kept]
        if self.scale["unit"] == "index" or None in stderr or not stderr:
            return None
        rng = np.random.default_rng(zlib.crc32(self.scale["scale_id"].encode()))
        return score + rng.standard_normal((N_DRAWS, len(score))) * np.array(stderr)


def load_scale(source: Source, scale_id: str, evidence: Evidence = Evidence()) -> ScaleData:
    """Return a scale with its models, kept for the source's next question.

    Raises UsageError where there is no such scale, or the evidence asked for holds no figure on it.
    """
    key = (scale_id, evidence)
    found = source.cache.get(key)
    if found is None:
        found = source.cache[key] = _load(source, scale_id, evidence)
        for oldest in list(source.cache)[:-MAX_KEPT]:
            source.cache.pop(oldest, None)
    return found


def _load(source: Source, scale_id: str, evidence: Evidence) -> ScaleData:
    found = source.rows("FROM scale WHERE scale_id = ?", [scale_id])
    if not found:
        known = source.query("SELECT scale_id FROM scale")["scale_id"].to_pylist()
        raise UsageError(
            f"scale: does not exist; got {scale_id!r}{find_closest(scale_id, known)}. See `modelgap gap --help`."
        )
    scale = found[0]
    if not evidence.is_all and scale["unit"] == "index":
        return _refit(source, scale, evidence)
    models = _read_benchmark(source, scale_id, evidence) if not evidence.is_all else _read_points(source, scale_id)
    if not models:
        raise UsageError(
            Phrase(
                "scale '{scale}': no figure is left; got {evidence}. Ask for more evidence.",
                scale=scale_id,
                evidence=_describe(evidence),
            )
        )
    draws = [model.pop("draws") for model in models]
    complete = bool(draws) and all(draw is not None for draw in draws)
    return ScaleData(scale, tuple(models), np.array(draws, dtype=np.float32).T if complete else None)


def _read_points(source: Source, scale_id: str) -> list[dict]:
    return source.rows(
        f"""SELECT {_MODEL_COLUMNS}, figure.* EXCLUDE (model), index_figure.draws
            FROM (SELECT * EXCLUDE (bloc, name_en, name_zh, release_date) FROM point WHERE scale_id = ?) AS figure
            LEFT JOIN index_figure ON index_figure.scale_id = figure.scale_id AND index_figure.variant = figure.variant
            {_MODEL_TABLES}""",
        [scale_id],
    )


def _read_benchmark(source: Source, scale_id: str, evidence: Evidence) -> list[dict]:
    return source.rows(
        f"""SELECT {_MODEL_COLUMNS}, figure.* EXCLUDE (model), NULL AS draws
            FROM (FROM select_benchmark_point(?, ?) WHERE scale_id = ?) AS figure {_MODEL_TABLES}""",
        [list(evidence.origins) or None, evidence.vintage, scale_id],
    )


def _refit(source: Source, scale: dict, evidence: Evidence) -> ScaleData:
    """Return an index fitted anew to part of the evidence, on the scale of the same two models where they are left."""
    whole = ECI if scale["scale_id"] == ECI.scale_id else INDEX
    origins = evidence.origins or tuple(scale["origins"] or ()) or None
    spec = IndexSpec(whole.scale_id, origins, whole.source, evidence.vintage, whole.merges_settings, whole.resampling)
    fitted, problems = fit_indices(source.rows, spec, [scale["domain"]] if scale["domain"] else [])
    match = [index for index in fitted if index.domain == scale["domain"]]
    if not match:
        reason = next(iter(problems.values()), "no model is left")
        raise UsageError(
            Phrase(
                "scale '{scale}': cannot be fitted to {evidence}; got: {reason}",
                scale=scale["scale_id"],
                evidence=_describe(evidence),
                reason=reason,
            )
        )
    figures = {row["model"]: row for row in shape_figures(match[0]) if row["is_standing"]}
    own = {"is_scaled": match[0].fit.scale is not None, "n_benchmarks": len(match[0].fit.benchmarks)}
    return _join_models(source, scale | own, figures)


def _join_models(source: Source, scale: dict, figures: dict[str, dict]) -> ScaleData:
    known = source.rows(
        f"SELECT {_MODEL_COLUMNS} FROM (SELECT unnest(?) AS model) AS figure {_MODEL_TABLES}", [list(figures)]
    )
    models = [{**figures[row["model"]], **row, "origin": None} for row in known]
    draws = np.array([model.pop("draws") for model in models], dtype=np.float32).T
    return ScaleData({**scale, "n_models": len(models)}, tuple(models), draws if draws.size else None)


def _describe(evidence: Evidence) -> str:
    parts: Sequence[str] = [f"origins {', '.join(evidence.origins)}"] if evidence.origins else []
    return " and ".join([*parts, *([f"figures known by {evidence.vintage}"] if evidence.vintage else [])])
