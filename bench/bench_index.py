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
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares
from scipy.sparse import csr_array

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from index_tables import read_epoch_scores, simulate_scores

from warehouse.stats.index import ECI_ANCHOR, ECI_SCALE, Scores, fit_index
from warehouse.stats.index_data import keep_rows
from warehouse.stats.index_draws import draw_counts

EPOCH = Path(__file__).resolve().parents[2] / "shared" / "data" / "epoch" / "eci_benchmarks.csv"
LEAST_RATIO, MOST_MEGABYTES = 50, 500
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


def main() -> int:
    """Print the times, their ratio, how far the results differ and the memory; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--reference-draws", type=int, default=12)
    options = parser.parse_args()
    is_epoch = EPOCH.is_file()
    if is_epoch:
        table, anchor, scale = read_epoch_scores(EPOCH), ECI_ANCHOR, ECI_SCALE
    else:
        table, anchor, scale = simulate_scores(1, 222, 57, 0.15, 16)[0], "b0", {"m110": 130.0, "m190": 150.0}
    table = keep_rows(table, np.ones(len(table.score), bool))
    models, n_models = table.models, len(table.models)
    fit, start = build_reference(table, table.benchmarks.index(anchor))
    counts = draw_counts(np.random.default_rng(0), table.model, options.draws)[: options.reference_draws]
    before = peak_megabytes()

    own_seconds, drawn, seconds = [], [], []
    for part in np.array_split(counts, 3):  # in turns, so that a busy machine slows both alike
        own_seconds.append(time.perf_counter())
        ours = fit_index(table, anchor_benchmark=anchor, scale=scale, n_draws=options.draws)
        own_seconds[-1] = time.perf_counter() - own_seconds[-1]
        if not drawn:
            peak, start = peak_megabytes(), fit(np.arange(len(table.score)), start)
        for count in part:
            seconds.append(time.perf_counter())
            drawn.append(fit(np.repeat(np.arange(len(count)), count), start))
            seconds[-1] = time.perf_counter() - seconds[-1]

    own, per_draw = np.median(own_seconds), np.mean(seconds)
    ratio = per_draw * options.draws / own
    difference = put_on_scale(start[:n_models], models, scale) - ours.index
    theirs, same = put_on_scale(np.array(drawn)[:, :n_models], models, scale), ours.draws[: len(drawn)]
    widths = [np.median(np.diff(np.quantile(draws, [0.05, 0.95], axis=0), axis=0)) for draws in (same, theirs)]
    print(f"table             {'Epoch' if is_epoch else 'simulated'}: {len(table.score)} scores of {n_models} models")
    print(
        f"published method  {per_draw:.3f} s a draw over {len(drawn)} draws, so {per_draw * options.draws:.0f} s in all"
    )
    print(f"ours              {own:.2f} s for the fit and {len(ours.draws)} draws; {ours.n_failed_draws} failed")
    print(f"ratio             {ratio:.0f} (aim: at least {LEAST_RATIO})")
    print(
        f"point estimates   {root_mean_square(difference):.3f} index points apart (RMSE), {abs(difference).max():.3f} most"
    )
    print(f"on equal draws    {root_mean_square(theirs - same):.3f} index points apart (RMSE)")
    print(f"median 90% width  {widths[0] / widths[1]:.3f} of the published method's on equal draws")
    print(f"memory            {peak:.0f} MB at its peak, {before:.0f} MB before (aim: at most {MOST_MEGABYTES})")
    return 0 if ratio >= LEAST_RATIO and peak <= MOST_MEGABYTES else 1


def peak_megabytes() -> float:
    """Return the most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def root_mean_square(values: np.ndarray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


if __name__ == "__main__":
    sys.exit(main())
