"""Match rules: when one model counts as having reached another's score.

Before: a `Panel`, the records of both cohorts and a rule. After: for each target record the first record of the other
cohort that matches it. Every rule is one inequality with its own margin:

    candidate matches target  if  s_candidate >= s_target - margin(candidate, target),   margin >= 0

- `point`: margin 0.
- `tolerance`: margin delta, in points of the scale.
- `not_significantly_worse`: P(draw_candidate >= draw_target) >= alpha over the joint draws, one-sided. Written as a
  margin, it is the upper alpha-quantile of draw_candidate - draw_target, less the difference of the scores (0 where
  that is negative: a higher score always matches). In a draw the same margin is applied to the draw's scores.

Candidates are record models only: a model far below its own cohort's record matches nothing by having been measured
badly. By `point` and `tolerance` that changes nothing, as the first model to reach a level is a record model.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from warehouse.stats.panel import Panel, StatsError
from warehouse.stats.records import RecordTable

ROUNDING = 1e-9
"""Keeps 0.58 within 0.02 of 0.60, which their binary forms may miss."""

Kind = Literal["point", "tolerance", "not_significantly_worse"]


@dataclass(frozen=True)
class MatchRule:
    """A match rule: `point`, `tolerance` with its delta, or `not_significantly_worse` with its one-sided alpha."""

    kind: Kind = "point"
    delta: float = 0.0
    alpha: float = 0.05

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist, a negative delta and an alpha outside (0, 0.5)."""
        if self.kind not in get_args(Kind):
            raise StatsError(f"match rule: unknown kind; got {self.kind!r}. Choose from {', '.join(get_args(Kind))}")
        if not (np.isfinite(self.delta) and self.delta >= 0):
            raise StatsError(f"match rule: delta must be a number >= 0; got {self.delta}. Give points of the scale")
        if not 0 < self.alpha < 0.5:
            raise StatsError(f"match rule: alpha must lie in (0, 0.5); got {self.alpha}. 0.05 is usual")

    @property
    def label(self) -> str:
        """Return the rule as it is written on the command line: point, tolerance:0.02, not_significantly_worse:0.05."""
        if self.kind == "tolerance":
            return f"tolerance:{self.delta:g}"
        return "point" if self.kind == "point" else f"not_significantly_worse:{self.alpha:g}"


POINT = MatchRule()
NOT_SIGNIFICANTLY_WORSE = MatchRule("not_significantly_worse")


def parse_rule(text: str) -> MatchRule:
    """Return the rule that `text` names: `point`, `tolerance:DELTA`, `not_significantly_worse[:ALPHA]`."""
    kind, colon, number = text.strip().partition(":")
    forms = "Write point, tolerance:0.02 or not_significantly_worse:0.05"
    try:
        value = float(number) if colon else None
    except ValueError:
        raise StatsError(f"match rule: no number after the colon; got {text!r}. {forms}") from None
    if kind == "point" and value is None:
        return POINT
    if kind == "tolerance" and value is not None:
        return MatchRule("tolerance", delta=value)
    if kind == "not_significantly_worse":
        return NOT_SIGNIFICANTLY_WORSE if value is None else MatchRule(kind, alpha=value)
    raise StatsError(f"match rule: not one of the rules; got {text!r}. {forms}")


def find_matches(panel: Panel, targets: RecordTable, candidates: RecordTable, rule: MatchRule) -> np.ndarray:
    """Return the first candidate record that matches each target record, (m, k_targets), as a column; -1: none."""
    # Padding has the score -infinity: a padded target must not be matched, a padded candidate never matches by itself.
    wanted = np.where(targets.row >= 0, targets.score, np.inf)[:, :, None]
    reached = candidates.score[:, None, :] >= wanted - _find_margins(panel, targets, candidates, rule)
    return np.where(reached.any(axis=2), reached.argmax(axis=2), -1)


def _find_margins(panel: Panel, targets: RecordTable, candidates: RecordTable, rule: MatchRule) -> float | np.ndarray:
    """Return the rule's margin, one for all or (m, k_targets, k_candidates)."""
    if rule.kind != "not_significantly_worse":
        return rule.delta + ROUNDING if rule.kind == "tolerance" else 0.0
    if panel.draws is None:
        raise StatsError("match rule: not_significantly_worse needs joint draws; got none. Use point or tolerance")
    target_rows, target_at = np.unique(targets.row, return_inverse=True)
    candidate_rows, candidate_at = np.unique(candidates.row, return_inverse=True)
    pairs = np.array([_take_margins(panel, row, target_rows, rule.alpha) for row in candidate_rows])
    return pairs[
        candidate_at.reshape(candidates.row.shape)[:, None, :], target_at.reshape(targets.row.shape)[:, :, None]
    ]


def _take_margins(panel: Panel, candidate: int, targets: np.ndarray, alpha: float) -> np.ndarray:
    """Return how far one candidate may fall short of each target and not be significantly worse, (k_targets,)."""
    worse = np.sort(panel.draws[:, targets] - panel.draws[:, [candidate]], axis=0)
    defined = np.sum(~np.isnan(worse), axis=0)
    rank = np.clip(np.ceil(alpha * defined).astype(int) - 1, 0, None)
    allowed = -np.take_along_axis(worse, rank[None, :], axis=0)[0]
    margin = allowed + panel.score[targets] - panel.score[candidate]
    return np.where(defined > 0, np.maximum(margin, 0.0), 0.0)
