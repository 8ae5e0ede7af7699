"""Correction for looking at many domains at once.

Before: one p-value a domain. After: p-values that keep the chance of any false badge of significance below the level.

    p_(1) <= ... <= p_(m):   adjusted p_(k) = max over j <= k of min(1, (m - j + 1) p_(j))        (Holm 1979)

Valid under any dependence between the domains.
"""

import numpy as np

from warehouse.stats.panel import StatsError


def adjust_holm(p_values: np.ndarray) -> np.ndarray:
    """Return Holm's adjusted p-values, (n,), in the order given; NaN (no test) stays NaN and is not counted.

    Raises:
        StatsError: a p-value lies outside [0, 1].
    """
    p_values = np.asarray(p_values, dtype=float)
    if ((p_values < 0) | (p_values > 1)).any():
        raise StatsError(f"Holm: p-values must lie in [0, 1]; got {p_values.tolist()}. Mark a missing test with NaN")
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    weights = np.arange(len(order), 0, -1)
    adjusted = np.full(p_values.shape, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(weights * p_values[order]), 1.0)
    return adjusted
