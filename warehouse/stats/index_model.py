"""The item-response objective behind the capability index, with its derivatives, for many resamples at a time.

Before: a score table. After: a `Design` (clipped scores, sorted by model), and the objective and its normal equations
at parameters `Theta`, one row per resample. With z = a_b C_m - i_b, where the intercept i = a D bends the objective
far less than the difficulty D itself,

    F = sum_k w_k (sigma(z_k) - y_k)^2 + rho (sum C^2 + sum D^2 + sum a^2),   rho = penalty / number of parameters.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from warehouse.stats.index_data import Scores


class Theta(NamedTuple):
    """Parameters of k resamples: capability (k, n_models), intercept and slope (k, n_benchmarks)."""

    capability: np.ndarray
    intercept: np.ndarray
    slope: np.ndarray

    def take(self, rows: np.ndarray) -> "Theta":
        """Return the parameters of the given resamples."""
        return Theta(*(part[rows] for part in self))

    def put(self, rows: np.ndarray, other: "Theta") -> None:
        """Overwrite the parameters of the given resamples."""
        for part, new in zip(self, other, strict=True):
            part[rows] = new


@dataclass(frozen=True, eq=False)
class Design:
    """A score table sorted by model, with what the sums over models and over benchmarks need."""

    model: np.ndarray
    benchmark: np.ndarray
    score: np.ndarray
    n_models: int
    n_benchmarks: int
    anchor: int
    clip: float
    rho: float
    model_start: np.ndarray
    by_benchmark: np.ndarray
    benchmark_start: np.ndarray

    @property
    def n_parameters(self) -> int:
        """Return how many parameters are free: the anchor benchmark's slope is not."""
        return self.n_models + 2 * self.n_benchmarks - 1

    def sum_by_model(self, values: np.ndarray) -> np.ndarray:
        """Return (k, n_scores) values summed over each model's scores."""
        return np.add.reduceat(values, self.model_start, axis=1)

    def sum_by_benchmark(self, values: np.ndarray) -> np.ndarray:
        """Return (k, n_scores) values summed over each benchmark's scores."""
        return np.add.reduceat(values.take(self.by_benchmark, axis=1), self.benchmark_start, axis=1)


class Normal(NamedTuple):
    """The objective, half its gradient, half its Hessian; `*_curve` are the Gauss-Newton diagonals used for damping."""

    objective: np.ndarray
    g_capability: np.ndarray
    g_intercept: np.ndarray
    g_slope: np.ndarray
    h_capability: np.ndarray
    h_intercept: np.ndarray
    h_slope: np.ndarray
    h_intercept_slope: np.ndarray
    h_capability_intercept: np.ndarray  # per score
    h_capability_slope: np.ndarray  # per score
    capability_curve: np.ndarray
    intercept_curve: np.ndarray
    slope_curve: np.ndarray


def build_design(scores: Scores, anchor_benchmark: str, penalty: float, clip: float) -> Design:
    """Return the design of a table, sorted by model, whose every model and benchmark has a score."""
    n_models, n_benchmarks = len(scores.models), len(scores.benchmarks)
    by_benchmark = np.argsort(scores.benchmark, kind="stable")
    return Design(
        model=scores.model,
        benchmark=scores.benchmark,
        score=np.clip(scores.score, clip, 1.0 - clip),
        n_models=n_models,
        n_benchmarks=n_benchmarks,
        anchor=scores.benchmarks.index(anchor_benchmark),
        clip=clip,
        rho=penalty / (n_models + 2 * n_benchmarks - 1),
        model_start=np.searchsorted(scores.model, np.arange(n_models)),
        by_benchmark=by_benchmark,
        benchmark_start=np.searchsorted(scores.benchmark[by_benchmark], np.arange(n_benchmarks)),
    )


def predict(design: Design, theta: Theta) -> np.ndarray:
    """Return the fitted scores (k, n_scores) at `theta`."""
    z = theta.slope.take(design.benchmark, axis=1) * theta.capability.take(design.model, axis=1)
    z -= theta.intercept.take(design.benchmark, axis=1)
    with np.errstate(over="ignore"):  # a step that is tried and refused may reach far out
        return 1.0 / (1.0 + np.exp(-z))


def evaluate_objective(design: Design, theta: Theta, weight: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the objective (k,) at `theta`."""
    return _add_up(design, theta, weight, predict(design, theta) - score)


def _add_up(design: Design, theta: Theta, weight: np.ndarray, residual: np.ndarray) -> np.ndarray:
    difficulty = theta.intercept / theta.slope
    size = sum((part * part).sum(axis=1) for part in (theta.capability, difficulty, theta.slope))
    return (weight * residual * residual).sum(axis=1) + design.rho * (size - 1.0)  # the anchor's slope is no parameter


def linearise(design: Design, theta: Theta, weight: np.ndarray, score: np.ndarray, newton: np.ndarray) -> Normal:
    """Return the normal equations; rows of `newton` (k, 1) that are 1.0 include the residuals' curvature."""
    rho, slope, difficulty = design.rho, theta.slope, theta.intercept / theta.slope
    c, a = theta.capability.take(design.model, axis=1), slope.take(design.benchmark, axis=1)
    p = predict(design, theta)
    dp = p * (1.0 - p)
    gauss = weight * dp
    residual = p - score
    u = gauss * residual
    gauss *= dp
    curved = u * newton
    q = gauss + curved * (1.0 - 2.0 * p)
    qa, qc, gauss_c = q * a, q * c, gauss * c
    by_model, by_benchmark = design.sum_by_model, design.sum_by_benchmark
    square = (difficulty / slope) ** 2
    return Normal(
        objective=_add_up(design, theta, weight, residual),
        g_capability=by_model(u * a) + rho * theta.capability,
        g_intercept=rho * difficulty / slope - by_benchmark(u),
        g_slope=by_benchmark(u * c) + rho * (slope - difficulty**2 / slope),
        h_capability=by_model(qa * a) + rho,
        h_intercept=by_benchmark(q) + rho / slope**2,
        h_slope=by_benchmark(qc * c) + rho * (1.0 + (1.0 + 2.0 * newton) * square),
        h_intercept_slope=-by_benchmark(qc) - rho * (1.0 + newton) * difficulty / slope**2,
        h_capability_intercept=-qa,
        h_capability_slope=qa * c + curved,
        capability_curve=by_model(gauss * a * a) + rho,
        intercept_curve=by_benchmark(gauss) + rho / slope**2,
        slope_curve=by_benchmark(gauss_c * c) + rho * (1.0 + square),
    )
