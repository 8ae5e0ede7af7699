"""Panels for the tests of the statistics, and the lags worked out anew by plain loops from the definitions."""

from datetime import date, timedelta

import numpy as np
from hypothesis import strategies as st

from warehouse.stats.panel import MONTH_DAYS, Panel

EPOCH = date(2023, 1, 1)

STAIRS = [
    ("f1", "2023-03-01", 0.50, "frontier"),
    ("f2", "2023-09-01", 0.60, "frontier"),
    ("f3", "2024-03-01", 0.70, "frontier"),
    ("f4", "2024-12-01", 0.80, "frontier"),
    ("d1", "2023-08-01", 0.45, "domestic"),
    ("d2", "2024-02-01", 0.58, "domestic"),
    ("d3", "2024-09-01", 0.65, "domestic"),
    ("d4", "2025-01-01", 0.70, "domestic"),
]
"""Four records a cohort; on 2025-03-01 the domestic record d4 equals f3."""


def make_panel(rows, draws=None) -> Panel:
    """Return the panel of (id, date, score, bloc) rows; a bloc of `both` is in either cohort."""
    models, release, score, bloc = zip(*rows, strict=True)
    return Panel(
        models=models,
        release=np.array(release, dtype="datetime64[D]"),
        score=np.array(score, dtype=float),
        domestic=np.array([name in ("domestic", "both") for name in bloc]),
        frontier=np.array([name in ("frontier", "both") for name in bloc]),
        draws=draws,
    )


def months(days: float) -> float:
    return days / MONTH_DAYS


@st.composite
def panels(draw, with_draws: bool = False, max_models: int = 12):
    """Draw a panel of small whole scores (so that ties happen) with both cohorts there from the first day on."""
    sizes = {bloc: draw(st.integers(1, max_models)) for bloc in ("domestic", "frontier")}
    rows = []
    for bloc, size in sizes.items():
        for number in range(size):
            day = 0 if number == 0 else draw(st.integers(0, 40))
            rows.append((f"{bloc[0]}{number}", EPOCH + timedelta(day), draw(st.integers(0, 8)), bloc))
    if not with_draws:
        return make_panel(rows)
    seed = draw(st.integers(0, 2**32 - 1))
    noise = np.random.default_rng(seed).integers(-2, 3, (7, len(rows)))
    return make_panel(rows, draws=np.array([row[2] for row in rows]) + noise)


def naive_records(panel: Panel, cohort: str, scores: np.ndarray) -> list[int]:
    """Return the positions of the record models, day by day, by the definition."""
    records, best = [], -np.inf
    rows = [row for row in range(len(panel.models)) if getattr(panel, cohort)[row]]
    for day in sorted({panel.days[row] for row in rows}):
        today = [row for row in rows if panel.days[row] == day]
        top = max(scores[row] for row in today)
        if top > best:
            best = top
            records.append(min((row for row in today if scores[row] == top), key=lambda row: panel.models[row]))
    return records


def naive_lag(panel: Panel, scores: np.ndarray, day: float, delta: float = 0.0) -> tuple[float, float]:
    """Return (standing, record) lag in months on `day`, by the definition, with its swap and its ties."""
    standing = {}
    for cohort in ("domestic", "frontier"):
        standing[cohort] = [row for row in naive_records(panel, cohort, scores) if panel.days[row] <= day][-1]
    d, f = standing["domestic"], standing["frontier"]
    ahead = (scores[f], -panel.days[f]), (scores[d], -panel.days[d])
    if ahead[0] == ahead[1]:
        return 0.0, 0.0
    sign, leader, behind = (1, "frontier", d) if ahead[0] > ahead[1] else (-1, "domestic", f)
    rows = np.flatnonzero(getattr(panel, leader))
    anchor = min(panel.days[row] for row in rows if scores[row] >= scores[behind] - delta)
    return sign * months(day - anchor), sign * months(panel.days[behind] - anchor)
