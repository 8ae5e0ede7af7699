"""The least-squares fit behind the capability index, for many resamples of one score table at a time.

Before: a `Design` and one row of weights and of scores per resample. After: a `BatchFit` with capabilities,
difficulties and slopes per resample and an honest flag whether each one converged.

Damped Newton steps (Gauss-Newton while the steps are long). A score touches one model and one benchmark, so the
models' block of the normal matrix is diagonal: its Schur complement leaves one dense system of two unknowns per
benchmark. Its direction is solved in single precision; objective and gradient, which decide, are double.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import sposv
from threadpoolctl import threadpool_limits

from warehouse.stats.index_model import Design, Normal, Theta, evaluate_objective, linearise, predict

SLOPE_BOUNDS = (0.1, 10.0)
_BATCH = 16  # resamples worked on at once: few enough to stay in the processor's cache
_NEWTON_BELOW = 0.1  # capability step, in standard deviations, below which the residuals' curvature is used
_FIRST_DAMPING = 1e-3
_FIRM = 0.01  # damping above which a short step says nothing about convergence
_LONGEST = 0.5  # step of a capability by itself
_N_STARTS = 6


class BatchFit(NamedTuple):
    """What was found for k resamples; `centre` is the capability at which the penalty on capabilities vanishes."""

    capability: np.ndarray  # (k, n_models), the anchor benchmark at difficulty 0
    difficulty: np.ndarray  # (k, n_benchmarks)
    slope: np.ndarray  # (k, n_benchmarks)
    centre: np.ndarray  # (k,)
    objective: np.ndarray  # (k,)
    converged: np.ndarray  # (k,) bool
    n_steps: np.ndarray  # (k,)


def fit_batch(
    design: Design,
    weight: np.ndarray,
    score: np.ndarray,
    start: Theta,
    *,
    tolerance: float = 1e-4,
    max_steps: int = 200,
) -> BatchFit:
    """Return the fits of k resamples, each from its row of `start`; a row's fit does not depend on the other rows.

    Args:
        design: the score table.
        weight: (k, n_scores) or (1, 1) how often each score was drawn.
        score: (k, n_scores) or (1, n_scores).
        start: parameters, k rows.
        tolerance: on the last step of any capability, in standard deviations of capability.
        max_steps: steps after which a resample counts as not converged.
    """
    # Threads inside such small matrix products cost more than they bring, much more on a busy machine.
    with threadpool_limits(1, user_api="blas"):
        return _iterate(design, weight, score, Theta(*(part.copy() for part in start)), tolerance, max_steps)


def fit_point(design: Design) -> BatchFit:
    """Return the best of several fits to all scores, from a start read off the scores and from random ones about it."""
    rng = np.random.default_rng(0)
    logit = np.log(design.score / (1.0 - design.score))[None]
    intercept = -design.sum_by_benchmark(logit) / np.bincount(design.benchmark)
    capability = design.sum_by_model(logit + intercept[:, design.benchmark]) / np.bincount(design.model)
    wobble = np.arange(_N_STARTS)[:, None] * 0.2
    start = Theta(
        np.clip(capability + wobble * rng.standard_normal((_N_STARTS, design.n_models)), -5.0, 5.0),
        np.clip(intercept + wobble * rng.standard_normal((_N_STARTS, design.n_benchmarks)), -5.0, 5.0),
        np.ones((_N_STARTS, design.n_benchmarks)),
    )
    fits = fit_batch(design, np.ones((1, 1)), design.score[None], start, tolerance=1e-7, max_steps=500)
    best = np.argmin(fits.objective + np.where(fits.converged, 0.0, np.inf)) if fits.converged.any() else 0
    return BatchFit(*(part[[best]] for part in fits))


def _iterate(
    design: Design, weight: np.ndarray, score: np.ndarray, theta: Theta, tolerance: float, max_steps: int
) -> BatchFit:
    """Return the fits of the resamples in `theta`, which is overwritten."""
    k = len(theta.capability)
    damping, newton = np.full(k, _FIRST_DAMPING), np.zeros(k)
    objective, converged, n_steps = np.full(k, np.inf), np.zeros(k, bool), np.zeros(k, int)
    coupling = np.zeros((min(k, _BATCH), design.n_models, 2 * design.n_benchmarks), np.float32)
    pending = np.arange(k)
    while len(pending):
        rows = pending[:_BATCH]
        here, firm = theta.take(rows), damping[rows]
        w, y = (part[rows] if len(part) > 1 else part for part in (weight, score))
        normal = linearise(design, here, w, y, newton[rows, None])
        there, step = _try_step(design, here, normal, firm[:, None], coupling[: len(rows)])
        there = _refine_capability(design, there, w, y)
        reached = evaluate_objective(design, there, w, y)
        taken = reached <= normal.objective * (1.0 + 1e-12)
        theta.put(rows[taken], there.take(taken))
        objective[rows] = np.where(taken, reached, normal.objective)
        n_steps[rows] += 1
        converged[rows] = taken & (step < tolerance) & (firm < _FIRM)
        newton[rows] = np.where(taken, np.maximum(newton[rows], step < _NEWTON_BELOW), newton[rows] * (firm < 1.0))
        damping[rows] = np.where(taken, firm * 0.1, np.maximum(firm * 8.0, 4.0 * _FIRST_DAMPING))
        pending = pending[~converged[pending] & (n_steps[pending] < max_steps)]
    return _finish(design, theta, objective, converged, n_steps)


def _finish(
    design: Design, theta: Theta, objective: np.ndarray, converged: np.ndarray, n_steps: np.ndarray
) -> BatchFit:
    """Return the fit with the anchor benchmark shifted to difficulty 0."""
    shift = theta.intercept[:, [design.anchor]]  # its slope is 1, so this is its difficulty
    difficulty = theta.intercept / theta.slope - shift
    return BatchFit(theta.capability - shift, difficulty, theta.slope, -shift[:, 0], objective, converged, n_steps)


def _try_step(
    design: Design, here: Theta, normal: Normal, damping: np.ndarray, coupling: np.ndarray
) -> tuple[Theta, np.ndarray]:
    """Return the parameters one bounded step on, and the longest capability step in standard deviations."""
    low, high = SLOPE_BOUNDS
    frozen = ((here.slope <= low) & (normal.g_slope > 0)) | ((here.slope >= high) & (normal.g_slope < 0))
    frozen[:, design.anchor] = True
    step_c, step_i, step_s = _solve_step(design, normal, damping, frozen, coupling)
    slope = np.clip(here.slope + step_s, low, high)
    there = Theta(here.capability + step_c, here.intercept + step_i, slope)
    moved = np.abs(step_c - step_c.mean(axis=1, keepdims=True)).max(axis=1)
    return there, moved / np.maximum(here.capability.std(axis=1), 1e-6)


def _refine_capability(design: Design, theta: Theta, weight: np.ndarray, score: np.ndarray) -> Theta:
    """Return the parameters after one Gauss-Newton step of each capability by itself, which is cheap."""
    p = predict(design, theta)
    slope = theta.slope.take(design.benchmark, axis=1) * p * (1.0 - p)
    u = weight * slope
    gradient = design.sum_by_model(u * (p - score)) + design.rho * theta.capability
    curve = design.sum_by_model(u * slope) + design.rho
    return theta._replace(capability=theta.capability - np.clip(gradient / curve, -_LONGEST, _LONGEST))


def _solve_each(systems: np.ndarray, rights: np.ndarray) -> np.ndarray:
    """Return the solution of each system, NaN where it is not positive definite: the step is then refused."""
    solutions = np.full_like(rights, np.nan)
    for system, right, solution in zip(systems, rights, solutions, strict=True):
        _, found, info = sposv(system, right, lower=1)
        if info == 0:
            solution[:] = found
    return solutions


def _solve_step(
    design: Design, normal: Normal, damping: np.ndarray, frozen: np.ndarray, coupling: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the damped steps of capability, intercept and slope; slopes marked in `frozen` stay.

    `coupling` is a (k, n_models, 2 n_benchmarks) buffer that is zero wherever there is no score.
    """
    k, n_b = len(damping), design.n_benchmarks
    # A negative curvature would send a model's own step uphill; the damped Gauss-Newton one is always positive.
    h_c = np.maximum(normal.h_capability + damping * normal.capability_curve, 0.01 * normal.capability_curve)
    root = 1.0 / np.sqrt(h_c)
    per_score = root.take(design.model, axis=1)
    cell = design.model * (2 * n_b) + design.benchmark
    flat = coupling.reshape(k, -1)
    flat[:, cell] = normal.h_capability_intercept * per_score
    flat[:, cell + n_b] = normal.h_capability_slope * per_score * ~frozen.take(design.benchmark, axis=1)
    transposed = coupling.transpose(0, 2, 1)
    system = -(transposed @ coupling)
    i, s = np.arange(n_b), np.arange(n_b, 2 * n_b)
    cross = np.where(frozen, 0.0, normal.h_intercept_slope)
    system[:, i, i] += normal.h_intercept + damping * normal.intercept_curve
    system[:, s, s] += np.where(frozen, 1.0, normal.h_slope + damping * normal.slope_curve)
    system[:, i, s] += cross
    system[:, s, i] += cross
    scaled = (normal.g_capability * root)[:, :, None]
    right = np.concatenate([normal.g_intercept, np.where(frozen, 0.0, normal.g_slope)], axis=1)[:, :, None]
    step = -_solve_each(system, right - transposed @ scaled.astype(coupling.dtype))
    step_c = -root * (scaled + coupling @ step)[:, :, 0]
    return step_c, step[:, :n_b, 0], step[:, n_b:, 0]
