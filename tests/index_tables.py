"""Score tables for the tests of the capability index: simulated ones with known truth, and an independent fit."""

import csv
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares
from scipy.sparse import csr_array

from warehouse.stats.index import Scores


def simulate_scores(seed: int, n_models: int = 40, n_benchmarks: int = 15, noise: float = 0.0, most: int = 15):
    """Return a table of scores, 4 to `most` a model, and the capabilities behind it; noise in units of sqrt(p(1-p))."""
    rng = np.random.default_rng(seed)
    capability = np.sort(rng.normal(0.3, 1.0, n_models))
    difficulty = np.append(0.0, rng.normal(0.3, 0.8, n_benchmarks - 1))
    slope = np.append(1.0, rng.uniform(0.7, 3.0, n_benchmarks - 1))
    count = rng.integers(4, most + 1, n_models)
    model = np.repeat(np.arange(n_models), count)
    benchmark = np.concatenate([rng.choice(n_benchmarks, k, replace=False) for k in count])
    p = 1 / (1 + np.exp(-slope[benchmark] * (capability[model] - difficulty[benchmark])))
    score = np.clip(p + noise * np.sqrt(p * (1 - p)) * rng.standard_normal(len(p)), 0, 1)
    return Scores(model, benchmark, score, name("m", n_models), name("b", n_benchmarks)), capability


def name(prefix: str, n: int) -> tuple[str, ...]:
    """Return n names in order."""
    return tuple(f"{prefix}{i}" for i in range(n))


def fit_by_scipy(
    scores: Scores, anchor: int, weight: np.ndarray, start: np.ndarray | None = None, penalty: float = 0.1
):
    """Return capability, difficulty, slope and objective by scipy's bounded least squares, with sparse derivatives.

    The objective is the published one. Its penalty is given as one residual per parameter instead of the square root
    of their sum, which scipy's Gauss-Newton steps then converge on within its tolerance.
    """
    n_m, n_b = len(scores.models), len(scores.benchmarks)
    n = n_m + 2 * n_b - 1
    free = np.delete(np.arange(n_b), anchor)
    y, root = np.clip(scores.score, 1e-3, 1 - 1e-3), np.sqrt(weight)

    def split(x):
        slope = np.ones(n_b)
        slope[free] = x[n_m + n_b :]
        return x[:n_m], x[n_m : n_m + n_b], slope

    def residuals(x):
        c, d, a = split(x)
        p = 1 / (1 + np.exp(-a[scores.benchmark] * (c[scores.model] - d[scores.benchmark])))
        return np.append(root * (p - y), np.sqrt(penalty / n) * x)

    row, tail, own = np.arange(len(y)), np.arange(n), scores.benchmark != anchor
    column = n_m + n_b + np.searchsorted(free, scores.benchmark)
    rows = np.concatenate([row, row, row[own], len(y) + tail])
    columns = np.concatenate([scores.model, n_m + scores.benchmark, column[own], tail])

    def jacobian(x):
        c, d, a = split(x)
        off, slope = c[scores.model] - d[scores.benchmark], a[scores.benchmark]
        p = 1 / (1 + np.exp(-slope * off))
        steep = root * p * (1 - p)
        parts = [steep * slope, -steep * slope, (steep * off)[own], np.full(n, np.sqrt(penalty / n))]
        return csr_array((np.concatenate(parts), (rows, columns)), shape=(len(y) + n, n))

    low = np.append(np.full(n_m + n_b, -np.inf), np.full(n_b - 1, 0.1))
    high = np.append(np.full(n_m + n_b, np.inf), np.full(n_b - 1, 10.0))
    x = np.append(np.zeros(n_m + n_b), np.ones(n_b - 1))
    found = least_squares(residuals, x, jac=jacobian, bounds=(low, high), ftol=1e-12, xtol=1e-12, gtol=1e-10)
    c, d, a = split(found.x)
    return c - d[anchor], d - d[anchor], a, 2 * found.cost


def read_epoch_scores(path: Path) -> Scores:
    """Return the table of Epoch's `eci_benchmarks.csv`, models by their group's name."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    models = list(dict.fromkeys(row["model_group"] for row in rows))
    benchmarks = list(dict.fromkeys(row["benchmark"] for row in rows))
    return Scores(
        np.array([models.index(row["model_group"]) for row in rows]),
        np.array([benchmarks.index(row["benchmark"]) for row in rows]),
        np.array([float(row["performance"]) for row in rows]),
        tuple(models),
        tuple(benchmarks),
    )
