"""How much faster the capability index's bootstrap is than the published method, in one run; exits 1 below the aim.

The published method fits every draw by itself with scipy's bounded least squares and a sparse analytic Jacobian. Both
work on the same table: Epoch's, where it lies in ../shared beside the checkout, else a simulated one of its size. The
reference is timed on a few draws and extrapolated per draw to as many as ours; `--reference-draws 500` runs them all.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares
from scipy.sparse import csr_array

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from index_tables import read_epoch_scores, simulate_scores

from warehouse.stats.index import ECI_ANCHOR, ECI_SCALE, IndexFit, Scores, fit_index
from warehouse.stats.index_data import keep_rows
from warehouse.stats.index_draws import draw_counts

EPOCH = Path(__file__).resolve().parents[2] / "shared" / "data" / "epoch" / "eci_benchmarks.csv"
LEAST_RATIO, MOST_MEGABYTES = 50, 500
LEAST_RATIO_SIMULATED = 15  # scores that follow the model exactly are easy on scipy too
PENALTY, CLIP, BOUND = 0.1, 1e-3, 10.0


def build_reference(scores: Scores, anchor: int) -> tuple[Callable, np.ndarray]:
    """Return the published fit of a resample (rows drawn, start) -> parameters, and its first start."""
    n_m, n_b = len(scores.models), len(scores.benchmarks)
    n = n_m + 2 * n_b - 1
    free = np.delete(np.arange(n_b), anchor)

    def predict(x, m, b):
        slope = np.ones(n_b)
        slope[free] = x[n_m + n_b :]
        off = x[m] - x[n_m + b]
        return slope[b], off, 1 / (1 + np.exp(-slope[b] * off))

    def residuals(x, y, m, b):
        return np.append(predict(x, m, b)[2] - y, np.sqrt(PENALTY * (x @ x) / n))

    def jacobian(x, y, m, b):
        slope, off, p = predict(x, m, b)
        own, row, steep = b != anchor, np.arange(len(y)), p * (1 - p)
        last = PENALTY / (n * np.sqrt(PENALTY * (x @ x) / n)) * x
        values = np.concatenate([steep * slope, -steep * slope, (steep * off)[own], last])
        rows = np.concatenate([row, row, row[own], np.full(n, len(y))])
        columns = np.concatenate([m, n_m + b, n_m + n_b + np.searchsorted(free, b)[own], np.arange(n)])
        return csr_array((values, (rows, columns)), shape=(len(y) + 1, n))

    low = np.append(np.full(n_m + n_b, -BOUND), np.full(n_b - 1, 0.1))

    def fit(rows, start):
        y = np.clip(scores.score[rows], CLIP, 1 - CLIP)
        arguments = (y, scores.model[rows], scores.benchmark[rows])
        return least_squares(residuals, start, jac=jacobian, args=arguments, bounds=(low, np.full(n, BOUND))).x

    near_zero = 0.1 * np.random.default_rng(42).standard_normal(n_m + n_b)
    return fit, np.append(near_zero, np.ones(n_b - 1))


def put_on_scale(capability: np.ndarray, models: tuple[str, ...], scale: dict[str, float]) -> np.ndarray:
    """Return capabilities (..., n_models) on the scale that two models define."""
    (low, at_low), (high, at_high) = ((value, capability[..., [models.index(m)]]) for m, value in scale.items())
    return low + (high - low) * (capability - at_low) / (at_high - at_low)


@dataclass(frozen=True, eq=False)
class Measured:
    """Seconds and results of both methods, and the memory of ours."""

    own_seconds: list[float]  # of a whole fit with all draws
    seconds: list[float]  # of one draw of the published method
    fit: IndexFit
    index: np.ndarray  # by the published method
    draws: np.ndarray  # by the published method, on the resamples of our first draws
    megabytes_before: float
    megabytes: float


def measure(table: Scores, anchor: str, scale: dict[str, float], n_draws: int, n_reference: int) -> Measured:
    """Return both methods' times and results, taken in turns so that a busy machine slows both alike."""
    refit, start = build_reference(table, table.benchmarks.index(anchor))
    counts = draw_counts(np.random.default_rng(0), table.model, n_draws)[:n_reference]
    before, peak = peak_megabytes(), 0.0
    own_seconds, found, seconds = [], [], []
    for part in np.array_split(counts, 3):
        began = time.perf_counter()
        fit = fit_index(table, anchor_benchmark=anchor, scale=scale, n_draws=n_draws)
        own_seconds.append(time.perf_counter() - began)
        if not found:
            peak, start = peak_megabytes(), refit(np.arange(len(table.score)), start)
        for count in part:
            began = time.perf_counter()
            found.append(refit(np.repeat(np.arange(len(count)), count), start))
            seconds.append(time.perf_counter() - began)
    on_scale = put_on_scale(np.array([start, *found])[:, : len(table.models)], table.models, scale)
    return Measured(own_seconds, seconds, fit, on_scale[0], on_scale[1:], before, peak)


def report(measured: Measured, n_draws: int, least_ratio: float) -> int:
    """Print what was measured; return 1 where an aim is missed."""
    own, per_draw, fit = np.median(measured.own_seconds), np.mean(measured.seconds), measured.fit
    ratio = per_draw * n_draws / own
    off, equal = measured.index - fit.index, fit.draws[: len(measured.draws)]
    widths = [np.median(np.diff(np.quantile(d, [0.05, 0.95], axis=0), axis=0)) for d in (equal, measured.draws)]
    print(f"published method  {per_draw:.3f} s a draw over {len(equal)} draws, so {per_draw * n_draws:.0f} s in all")
    print(f"ours              {own:.2f} s for the fit and {len(fit.draws)} draws; {fit.n_failed_draws} failed")
    print(f"ratio             {ratio:.0f} (aim: at least {least_ratio})")
    print(f"point estimates   {root_mean_square(off):.3f} index points apart (RMSE), {abs(off).max():.3f} most")
    print(f"on equal draws    {root_mean_square(measured.draws - equal):.3f} index points apart (RMSE)")
    print(f"median 90% width  {widths[0] / widths[1]:.3f} of the published method's on equal draws")
    print(
        f"memory            {measured.megabytes:.0f} MB at its peak, {measured.megabytes_before:.0f} MB before"
        f" (aim: at most {MOST_MEGABYTES})"
    )
    return 0 if ratio >= least_ratio and measured.megabytes <= MOST_MEGABYTES else 1


def main() -> int:
    """Measure on Epoch's table, or on a simulated one of its size, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--reference-draws", type=int, default=12)
    options = parser.parse_args()
    if EPOCH.is_file():
        table, anchor, scale, least_ratio = read_epoch_scores(EPOCH), ECI_ANCHOR, ECI_SCALE, LEAST_RATIO
    else:
        table, anchor, scale = simulate_scores(1, 222, 57, 0.15, 16)[0], "b0", {"m110": 130.0, "m190": 150.0}
        least_ratio = LEAST_RATIO_SIMULATED
    table = keep_rows(table, np.ones(len(table.score), bool))
    print(f"table             {'Epoch' if EPOCH.is_file() else 'simulated'}: {len(table.score)} scores")
    return report(measure(table, anchor, scale, options.draws, options.reference_draws), options.draws, least_ratio)


def peak_megabytes() -> float:
    """Return the most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def root_mean_square(values: np.ndarray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


if __name__ == "__main__":
    sys.exit(main())
