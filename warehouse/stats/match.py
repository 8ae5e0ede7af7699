"""Match rules: when one model counts as having reached another's score.

Before: a `Panel` and the name of a rule. After: for each pair of models the margin by which a candidate may fall
short of its target and still match: s_candidate >= s_target - margin.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["point", "tolerance", "not_significantly_worse"]


@dataclass(frozen=True)
class MatchRule:
    """A match rule: `point`, `tolerance` with its delta, or `not_significantly_worse` with its one-sided alpha."""

    kind: Kind = "point"
    delta: float = 0.0
    alpha: float = 0.05

    @property
    def label(self) -> str:
        """Return the rule as it is written on the command line: point, tolerance:0.02, not_significantly_worse:0.05."""
        raise NotImplementedError


POINT = MatchRule()
NOT_SIGNIFICANTLY_WORSE = MatchRule("not_significantly_worse")


def parse_rule(text: str) -> MatchRule:
    """Return the rule that `text` names, as `MatchRule.label` writes it; StatsError lists the rules there are."""
    raise NotImplementedError
