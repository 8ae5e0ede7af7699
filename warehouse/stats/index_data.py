"""What goes into the capability index and what comes out, and the checks between.

Before: a score table as the caller made it. After: a checked one, every model with enough benchmarks and all of them
connected, that the fit can take; or an `IndexDataError` that names what is wrong.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from warehouse.stats.panel import StatsError

Resampling = Literal["scores", "residuals"]


class IndexDataError(StatsError):
    """The scores cannot carry an index: out of range, not connected, or an anchor is missing."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Benchmark scores in 0-1, one row per (model, benchmark), as positions into `models` and `benchmarks`."""

    model: np.ndarray
    benchmark: np.ndarray
    score: np.ndarray
    models: tuple[str, ...]
    benchmarks: tuple[str, ...]


class ScaleMap(NamedTuple):
    """The affine map index = offset + unit * capability; `centre` is the capability that the penalty pulls to."""

    offset: np.ndarray
    unit: np.ndarray
    centre: np.ndarray


@dataclass(frozen=True, eq=False)
class IndexFit:
    """A fitted index: point estimates, and joint bootstrap draws on the same scale (one row per draw)."""

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    anchor_benchmark: str
    scale: Mapping[str, float] | None
    capability: np.ndarray  # (n_models,), anchor benchmark: difficulty 0, slope 1
    difficulty: np.ndarray  # (n_benchmarks,)
    slope: np.ndarray  # (n_benchmarks,)
    index: np.ndarray  # (n_models,), on the affine scale
    n_benchmarks: np.ndarray  # (n_models,) how many benchmarks a model's index rests on
    draws: np.ndarray  # (n_draws, n_models) float32, on the affine scale
    difficulty_draws: np.ndarray  # (n_draws, n_benchmarks)
    slope_draws: np.ndarray  # (n_draws, n_benchmarks)
    scale_map: ScaleMap  # of the point estimate, scalars
    scale_map_draws: ScaleMap  # (n_draws,) each
    rho: float  # weight of the squared capability in the objective
    clip: float  # scores nearer than this to 0 or 1 were moved to it
    resampling: Resampling
    converged: bool  # of the point estimate
    n_failed_draws: int  # draws left out: not converged, or the models that fix the scale in the wrong order
    left_out: tuple[str, ...]  # models with too few benchmarks
    fixed: tuple[str, ...]  # models whose index is given, not estimated

    @property
    def benchmark_index(self) -> np.ndarray:
        """Return each benchmark's difficulty on the index scale, (n_benchmarks,)."""
        return self.scale_map.offset + self.scale_map.unit * self.difficulty

    def ci(self, level: float = 0.90) -> np.ndarray:
        """Return the percentile interval of each model's index, (n_models, 2).

        NaN where there is none: without draws, and for the models that fix the scale, which are the same in every
        draw by definition and not because they are known exactly.
        """
        if not 0 < level < 1:
            raise IndexDataError(f"level: an interval's level lies between 0 and 1; got {level}. Give e.g. 0.9")
        if not len(self.draws):
            return np.full((len(self.models), 2), np.nan)
        interval = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2], axis=0).T.astype(float)
        interval[[model in self.fixed for model in self.models]] = np.nan
        return interval


def check_scores(scores: Scores) -> None:
    """Raise `IndexDataError` unless lengths agree and every score is in 0-1, once per model and benchmark."""
    model, benchmark, score = scores.model, scores.benchmark, scores.score
    if not len(model) == len(benchmark) == len(score):
        got = f"{len(model)}, {len(benchmark)}, {len(score)}"
        raise IndexDataError(f"scores: model, benchmark and score differ in length; got {got}. Give one row per score")
    for what, position, names in (("model", model, scores.models), ("benchmark", benchmark, scores.benchmarks)):
        if len(set(names)) < len(names):
            raise IndexDataError(f"scores: a {what} is named twice; got {len(names)} names. Name each once")
        if len(position) and not (position.min() >= 0 and position.max() < len(names)):
            raise IndexDataError(
                f"scores: {what} positions must lie in 0-{len(names) - 1}; got {position.min()}-{position.max()}."
                " Number them by their place among the names"
            )
    bad = np.flatnonzero(~((score >= 0) & (score <= 1)))  # NaN is neither
    if len(bad):
        where = f"{scores.models[model[bad[0]]]} on {scores.benchmarks[benchmark[bad[0]]]}"
        raise IndexDataError(
            f"{where}: a score must lie in 0-1; got {score[bad[0]]} ({len(bad)} such). Rescale or drop it"
        )
    cell, count = np.unique(np.stack([model, benchmark]), axis=1, return_counts=True)
    if (count > 1).any():
        m, b = cell[:, count > 1][:, 0]
        raise IndexDataError(
            f"{scores.models[m]} on {scores.benchmarks[b]}: one score per model and benchmark; got {count.max()}."
            " Choose which one stands for the model"
        )


def select_models(scores: Scores, min_benchmarks: int) -> tuple[Scores, tuple[str, ...]]:
    """Return the scores of the models with at least `min_benchmarks` of them, and the names of the models left out."""
    enough = np.bincount(scores.model, minlength=len(scores.models)) >= min_benchmarks
    left_out = tuple(name for name, kept in zip(scores.models, enough, strict=True) if not kept)
    return keep_rows(scores, enough[scores.model]), left_out


def select_benchmarks(scores: Scores, benchmarks: Collection[str]) -> Scores:
    """Return the scores on the named benchmarks; names without a score are passed over."""
    wanted = np.isin(np.array(scores.benchmarks, dtype=object), list(benchmarks))
    return keep_rows(scores, wanted[scores.benchmark])


def keep_rows(scores: Scores, keep: np.ndarray) -> Scores:
    """Return the rows where `keep`, sorted by model, with the models and benchmarks that still have a score."""
    keep = np.flatnonzero(keep)[np.lexsort((scores.benchmark[keep], scores.model[keep]))]
    models, model = np.unique(scores.model[keep], return_inverse=True)
    benchmarks, benchmark = np.unique(scores.benchmark[keep], return_inverse=True)
    return Scores(
        model=model,
        benchmark=benchmark,
        score=np.asarray(scores.score, float)[keep],
        models=tuple(scores.models[m] for m in models),
        benchmarks=tuple(scores.benchmarks[b] for b in benchmarks),
    )


def check_connected(scores: Scores) -> None:
    """Raise `IndexDataError` naming the parts where no chain of shared benchmarks joins all models."""
    n_models, n_all = len(scores.models), len(scores.models) + len(scores.benchmarks)
    graph = coo_array((np.ones(len(scores.model)), (scores.model, n_models + scores.benchmark)), shape=(n_all, n_all))
    n_parts, part = connected_components(graph, directed=False)
    if n_parts == 1:
        return
    described = []
    for p in np.argsort(-np.bincount(part[:n_models], minlength=n_parts)):
        models = [scores.models[m] for m in np.flatnonzero(part[:n_models] == p)]
        benchmarks = [scores.benchmarks[b] for b in np.flatnonzero(part[n_models:] == p)]
        described.append(f"{_shorten(models)} on {_shorten(benchmarks)}")
    raise IndexDataError(
        f"scores: {n_parts} parts share no benchmark, so they have no common scale; got {' | '.join(described)}."
        " Add scores that join them or index each part by itself"
    )


def _shorten(names: Sequence[str], shown: int = 3) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
