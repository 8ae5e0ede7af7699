"""The input of every gap and lag statistic: one score a model, on one scale, with two cohorts marked.

Before: the warehouse has chosen one score a model within one protocol (or the index's value). After: a checked,
immutable `Panel` that the estimators take. Days are counted since 1970-01-01; months are of 30.4375 days.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from collectors.errors import ModelgapError

MONTH_DAYS = 30.4375
Cohort = Literal["domestic", "frontier"]
COHORTS: tuple[Cohort, Cohort] = ("domestic", "frontier")


class StatsError(ModelgapError):
    """The input of a statistic is not fit for it; the message names the models or values at fault."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Models of two cohorts with release dates and scores on one scale, higher is better.

    The cohorts are masks and may overlap (small models against all): a model in both is its own match.

    Args:
        models: ids, unique, n of them.
        release: release dates, (n,) datetime64[D], none missing.
        score: (n,) finite floats.
        domestic: (n,) booleans, the cohort whose distance is asked for.
        frontier: (n,) booleans, the cohort it is held against.
        draws: (n_draws, n) joint bootstrap draws of the scores, or None. NaN: the model has no score in that draw.

    Raises:
        StatsError: lengths differ, an id is repeated, a date is missing or a score is not finite.
    """

    models: tuple[str, ...]
    release: np.ndarray
    score: np.ndarray
    domestic: np.ndarray
    frontier: np.ndarray
    draws: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Take copies that cannot be written to and check them."""
        _freeze(self, "models", tuple(self.models))
        _freeze(self, "release", np.asarray(self.release, dtype="datetime64[D]"))
        _freeze(self, "score", np.asarray(self.score, dtype=float))
        for cohort in COHORTS:
            _freeze(self, cohort, np.asarray(getattr(self, cohort), dtype=bool))
        if self.draws is not None:
            _freeze(self, "draws", np.atleast_2d(np.asarray(self.draws, dtype=float)))
        _check_shapes(self)
        _check_values(self)

    @property
    def days(self) -> np.ndarray:
        """Return the release dates as days since 1970-01-01, (n,) float."""
        return self.release.astype(np.int64).astype(float)

    def members(self, cohort: Cohort) -> np.ndarray:
        """Return the positions of a cohort's models, in order of release and then id."""
        rows = np.flatnonzero(getattr(self, cohort))
        return rows[np.lexsort((np.array(self.models)[rows], self.release[rows]))]

    def swap(self) -> "Panel":
        """Return the same panel with the two cohorts' roles exchanged."""
        return replace(self, domestic=self.frontier, frontier=self.domestic)

    def select(self, keep: np.ndarray) -> "Panel":
        """Return the panel of the models where the boolean mask `keep` (n,) is true."""
        keep = np.asarray(keep, dtype=bool)
        return Panel(
            models=tuple(model for model, kept in zip(self.models, keep, strict=True) if kept),
            release=self.release[keep],
            score=self.score[keep],
            domestic=self.domestic[keep],
            frontier=self.frontier[keep],
            draws=None if self.draws is None else self.draws[:, keep],
        )

    def released_by(self, as_of: date) -> "Panel":
        """Return the panel of the models released on or before `as_of`."""
        return self.select(self.release <= np.datetime64(as_of, "D"))


def count_day(day: date | np.datetime64 | str) -> float:
    """Return a date as days since 1970-01-01; StatsError if it is not a date."""
    stamp = np.datetime64(day, "D")
    if np.isnat(stamp):
        raise StatsError(f"stats: a date is missing; got {day!r}. Give a calendar date")
    return float(stamp.astype(np.int64))


def _freeze(panel: Panel, field: str, value: object) -> None:
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
    object.__setattr__(panel, field, value)


def _check_shapes(panel: Panel) -> None:
    n = len(panel.models)
    lengths = {name: getattr(panel, name).shape for name in ("release", "score", "domestic", "frontier")}
    wrong = {name: shape for name, shape in lengths.items() if shape != (n,)}
    if panel.draws is not None and panel.draws.shape[1] != n:
        wrong["draws"] = panel.draws.shape
    if wrong:
        raise StatsError(f"panel: every field needs one value for each of {n} models; got {wrong}. Align them")


def _check_values(panel: Panel) -> None:
    repeated = [model for model, times in Counter(panel.models).items() if times > 1]
    if repeated:
        raise StatsError(f"panel: one score a model is needed; got more for {repeated[:5]}. Choose one setting each")
    undated = [model for model, day in zip(panel.models, panel.release, strict=True) if np.isnat(day)]
    if undated:
        raise StatsError(f"panel: release dates are missing; got none for {undated[:5]}. Leave undated models out")
    unscored = [model for model, ok in zip(panel.models, np.isfinite(panel.score), strict=True) if not ok]
    if unscored:
        raise StatsError(f"panel: scores must be finite; got NaN or infinity for {unscored[:5]}. Leave them out")
    if panel.draws is not None and np.isinf(panel.draws).any():
        raise StatsError("panel: draws must be finite or NaN; got infinity. Mark a missing draw with NaN")
