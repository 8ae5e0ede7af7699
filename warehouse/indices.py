"""Fit the capability indices, overall and by domain, from the scores that stand.

Before: representative scores of variants on many benchmarks. After: for each index a figure for every variant with
joint draws, on one scale: of a model's variants one is marked as standing for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from collectors.efforts import TIERS
from warehouse.index_scores import IndexSpec, Query, keep_largest_part, read_scores, shape_scores
from warehouse.stats.index import IndexFit, Scores, fit_domain_index, fit_index
from warehouse.stats.index_data import select_models
from warehouse.stats.panel import StatsError

ANCHOR_BENCHMARK = "winogrande"
SCALE = {"anthropic/claude-3.5-sonnet@default": 130.0, "openai/gpt-5@high": 150.0}
N_DRAWS = 500
MIN_BENCHMARKS = 4


INDEX = IndexSpec("index")
INDEPENDENT = IndexSpec("index:independent", origins=("independent",))
ECI = IndexSpec("eci", source="epoch-eci", merges_settings=True, resampling="scores")
BUILT = (INDEX, INDEPENDENT, ECI)
"""The indices that every snapshot holds. `eci` follows Epoch AI's method on its own file."""


@dataclass(frozen=True, eq=False)
class FittedIndex:
    """One fitted scale: the whole index, or (with `domain`) its refit on a domain's benchmarks."""

    scale_id: str
    spec: IndexSpec
    domain: str | None
    fit: IndexFit


def fit_indices(
    query: Query, spec: IndexSpec, domains: Collection[str] | None = None
) -> tuple[list[FittedIndex], dict[str, str]]:
    """Return the index and its domain indices, and by scale why one could not be fitted.

    `query` runs SQL on a warehouse and returns rows as mappings. `domains`: which ones, by default all that have
    scores; an index that merges settings has none.
    """
    rows = read_scores(query, spec)
    scores = shape_scores(rows)
    try:
        table = keep_largest_part(select_models(scores, MIN_BENCHMARKS)[0])
        fit = fit_index(
            table,
            anchor_benchmark=_choose_anchor(table),
            scale=_choose_scale(table, spec),
            n_draws=N_DRAWS,
            min_benchmarks=MIN_BENCHMARKS,
            resampling=spec.resampling,
        )
    except StatsError as error:
        return [], {spec.scale_id: str(error)}
    fitted = [FittedIndex(spec.scale_id, spec, None, fit)]
    wanted = {row["domain"] for row in rows} if domains is None else set(domains)
    return (fitted, {}) if spec.merges_settings else _fit_domains(fitted, scores, rows, sorted(wanted))


def shape_figures(index: FittedIndex) -> list[dict]:
    """Return the index's variants as rows of `index_figure`; draws only for those that stand for their model."""
    fit = index.fit
    models, tiers = zip(*(split_variant(variant) for variant in fit.models), strict=True)
    standing = choose_standing(models, tiers, fit.n_benchmarks)
    interval, spread = fit.ci(0.90), fit.draws.std(axis=0, ddof=1) if len(fit.draws) > 1 else None
    return [
        {
            "scale_id": index.scale_id,
            "variant": variant,
            "model": models[i],
            "tier": tiers[i],
            "score": float(fit.index[i]),
            "stderr": float(spread[i]) if spread is not None and np.isfinite(interval[i]).all() else None,
            "ci90_low": _or_none(interval[i, 0]),
            "ci90_high": _or_none(interval[i, 1]),
            "n_benchmarks": int(fit.n_benchmarks[i]),
            "is_standing": i in standing,
            "draws": fit.draws[:, i] if i in standing else None,
        }
        for i, variant in enumerate(fit.models)
    ]


def shape_fit(index: FittedIndex) -> dict:
    """Return the index as a row of `index_fit`."""
    fit, spec = index.fit, index.spec
    return {
        "scale_id": index.scale_id,
        "domain": index.domain,
        "origins": list(spec.origins) if spec.origins else None,
        "source": spec.source,
        "benchmarks": list(fit.benchmarks),
        "anchor_benchmark": fit.anchor_benchmark,
        "is_scaled": fit.scale is not None,
        "is_converged": fit.converged,
        "n_draws": len(fit.draws),
        "n_failed_draws": fit.n_failed_draws,
    }


def choose_standing(models: Sequence[str], tiers: Sequence[str], n_benchmarks: np.ndarray) -> set[int]:
    """Return the positions of the variants that stand for their models.

    Of a model's variants that rest on at least half as many benchmarks as its best-covered one, the highest effort
    tier stands: a stated rule, not the highest figure.
    """
    most: dict[str, int] = {}
    for model, count in zip(models, n_benchmarks, strict=True):
        most[model] = max(most.get(model, 0), int(count))
    best: dict[str, int] = {}
    for i, (model, tier) in enumerate(zip(models, tiers, strict=True)):
        covered = 2 * n_benchmarks[i] >= most[model]
        if covered and (model not in best or TIERS.index(tier) < TIERS.index(tiers[best[model]])):
            best[model] = i
    return set(best.values())


def split_variant(variant: str) -> tuple[str, str]:
    """Return model and effort tier of a variant; one without a tier merges its model's settings."""
    model, _, tier = variant.partition("@")
    return model, tier or "default"


def _fit_domains(
    fitted: list[FittedIndex], scores: Scores, rows: Sequence[dict], domains: Sequence[str]
) -> tuple[list[FittedIndex], dict[str, str]]:
    whole, problems = fitted[0], {}
    suffix = whole.scale_id.removeprefix(INDEX.scale_id)
    for domain in domains:
        scale_id = f"domain:{domain}{suffix}"
        benchmarks = {row["benchmark"] for row in rows if row["domain"] == domain}
        try:
            fit = fit_domain_index(whole.fit, scores, benchmarks)
        except StatsError as error:
            problems[scale_id] = str(error)
            continue
        fitted.append(FittedIndex(scale_id, whole.spec, domain, fit))
    return fitted, problems


def _choose_anchor(table: Scores) -> str:
    """Return the anchor benchmark, or the one with the most scores where it has none: it fixes the raw scale only."""
    if ANCHOR_BENCHMARK in table.benchmarks or not table.benchmarks:
        return ANCHOR_BENCHMARK
    return table.benchmarks[int(np.bincount(table.benchmark).argmax())]


def _choose_scale(table: Scores, spec: IndexSpec) -> dict[str, float] | None:
    names = {split_variant(name)[0] if spec.merges_settings else name: value for name, value in SCALE.items()}
    return names if set(names) <= set(table.models) else None


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
