"""The capability index: one figure per model from all its benchmark scores, with 90% intervals.

Before: a table of scores in 0-1, one per (model, benchmark). After: an `IndexFit`, the models' capabilities on an
affine scale (Claude 3.5 Sonnet = 130, GPT-5 = 150) with joint bootstrap draws.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from collectors.errors import ModelgapError


class IndexDataError(ModelgapError):
    """The scores cannot carry an index: out of range, not connected, or an anchor is missing."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Benchmark scores in 0-1, one row per (model, benchmark), as positions into `models` and `benchmarks`."""

    model: np.ndarray
    benchmark: np.ndarray
    score: np.ndarray
    models: tuple[str, ...]
    benchmarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class IndexFit:
    """A fitted index: point estimates, and joint bootstrap draws on the same scale (rows = draws)."""

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    anchor_benchmark: str
    scale: Mapping[str, float] | None
    capability: np.ndarray  # (n_models,), anchor benchmark: difficulty 0, slope 1
    difficulty: np.ndarray  # (n_benchmarks,)
    slope: np.ndarray  # (n_benchmarks,)
    index: np.ndarray  # (n_models,), on the affine scale
    n_benchmarks: np.ndarray  # (n_models,) benchmarks a model has a score on
    draws: np.ndarray  # (n_draws, n_models) float32, on the affine scale
    converged: bool  # of the point estimate
    n_failed_draws: int  # draws left out: not converged, or their scale anchors coincide

    def ci(self, level: float = 0.90) -> np.ndarray:
        """Return the percentile interval of each model's index, (n_models, 2); NaN for the models that fix the scale."""
        raise NotImplementedError


def fit_index(
    scores: Scores,
    *,
    anchor_benchmark: str,
    scale: Mapping[str, float] | None,
    n_draws: int = 500,
    seed: int = 0,
) -> IndexFit:
    """Return the capability index fitted to all `scores`; `scale` names two models with their index values."""
    raise NotImplementedError


def fit_domain_index(
    fit: IndexFit, scores: Scores, benchmarks: Collection[str], *, min_benchmarks: int = 2, seed: int = 0
) -> IndexFit:
    """Return the index on a domain's `benchmarks` only, slopes and difficulties frozen at `fit`'s.

    Holds only the models with scores on at least `min_benchmarks` of them; draw i uses draw i of `fit`.
    """
    raise NotImplementedError
