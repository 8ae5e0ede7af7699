"""Ask what a score costs: the record curve of score against size or price, and the least that reaches a score.

Before: a scale's models with their sizes and prices. After: an `Efficiency` by cohort, whose document is what
`modelgap efficiency --json` prints.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

import numpy as np

from collectors.errors import UsageError
from collectors.registry_checks import find_closest
from warehouse.gaps import Question, load_question, read_cohort
from warehouse.panels import ScaleData, Source
from warehouse.stats.efficiency import EfficiencyStep, count_costed, trace_cheapest, trace_efficiency
from warehouse.stats.panel import Panel

By = Literal["size", "active", "price"]
COST = {"size": "params_b", "active": "active_params_b", "price": "output_usd_per_1m"}
COST_UNIT = {
    "size": "billion parameters",
    "active": "billion active parameters",
    "price": "USD per million output tokens, as first listed",
}
COHORTS = ("domestic", "frontier", "all")


@dataclass(frozen=True)
class Target:
    """The score to reach; with `model`, that model's, whose own release and cost (None: not known) go with it."""

    score: float
    model: str | None = None
    released: date | None = None
    cost: float | None = None


@dataclass(frozen=True)
class CohortEfficiency:
    """One cohort's curve by rising cost, and how the least cost that reaches the target fell, by date.

    Models of unknown cost take no part: `n_costed` of `n_models` do.
    """

    cohort: str
    n_costed: int
    n_models: int
    curve: tuple[EfficiencyStep, ...]
    reached: tuple[EfficiencyStep, ...]


@dataclass(frozen=True)
class Efficiency:
    """The answer on one scale as of a date; `target` None: only the curves were asked for."""

    snapshot: str
    as_of: date
    scale: dict
    by: By
    target: Target | None
    cohorts: tuple[CohortEfficiency, ...]

    def to_document(self) -> dict:
        """Return the JSON document of `modelgap efficiency --json`."""
        return {
            "as_of": self.as_of.isoformat(),
            "snapshot": self.snapshot,
            "scale": self.scale["scale_id"],
            "unit": self.scale["unit"],
            "by": self.by,
            "cost_unit": COST_UNIT[self.by],
            "target": None if self.target is None else _show(asdict(self.target)),
            "cohorts": {
                found.cohort: {
                    "n_costed": found.n_costed,
                    "n_models": found.n_models,
                    "curve": [_show(asdict(step)) for step in found.curve],
                    "reached": [_show(asdict(step)) for step in found.reached],
                    "cheapest": _show(asdict(found.reached[-1])) if found.reached else None,
                }
                for found in self.cohorts
            },
        }


def measure_efficiency(
    source: Source,
    question: Question,
    *,
    by: By = "size",
    reach: float | None = None,
    reach_model: str | None = None,
    cohorts: Sequence[str] = COHORTS,
) -> Efficiency:
    """Return what reaches a score (or a model's) for how much, by cohort, on the scale and day of a question.

    Of the question the cohorts, match rule and guards play no part. Raises UsageError for what does not exist, a
    target out of the scale's range, or two targets.
    """
    if by not in COST:
        raise UsageError(f"--by: no such cost; got {by!r}{find_closest(by, COST)}. One of: {', '.join(COST)}.")
    data = load_question(source, question)
    as_of = question.as_of or question.vintage or source.as_of
    target = _choose_target(data, by, reach, reach_model)
    return Efficiency(
        snapshot=source.id,
        as_of=as_of,
        scale=data.scale,
        by=by,
        target=target,
        cohorts=tuple(_measure_cohort(source, data, text, by, target, as_of) for text in cohorts),
    )


def _choose_target(data: ScaleData, by: By, reach: float | None, reach_model: str | None) -> Target | None:
    if reach is not None and reach_model is not None:
        raise UsageError(f"efficiency: one target at a time; got {reach} and {reach_model!r}. Give one of them.")
    if reach_model is not None:
        known = {model["model"]: model for model in data.models}
        if reach_model not in known:
            raise UsageError(
                f"--reach-model: has no score on {data.scale['scale_id']!r}; got {reach_model!r}"
                f"{find_closest(reach_model, known)}. Choose another model or scale."
            )
        model = known[reach_model]
        return Target(model["score"], reach_model, model["release_date"], model[COST[by]])
    ceiling = data.scale["ceiling"]
    if reach is not None and not (np.isfinite(reach) and (ceiling is None or 0 <= reach <= ceiling)):
        allowed = "a finite score" if ceiling is None else f"a score from 0 to {ceiling:g}"
        raise UsageError(f"--reach: out of the range of {data.scale['scale_id']!r}; got {reach:g}. Give {allowed}.")
    return None if reach is None else Target(reach)


def _measure_cohort(
    source: Source, data: ScaleData, text: str, by: By, target: Target | None, as_of: date
) -> CohortEfficiency:
    cohort = read_cohort(source, text)
    panel, _ = data.make_panel(cohort, cohort)
    cost = _read_costs(data, panel, COST[by])
    n_costed, n_models = count_costed(panel, cost, "domestic", as_of)
    reached = trace_cheapest(panel, cost, "domestic", target.score, as_of) if target else []
    return CohortEfficiency(
        cohort=cohort.text,
        n_costed=n_costed,
        n_models=n_models,
        curve=tuple(trace_efficiency(panel, cost, "domestic", as_of)),
        reached=tuple(reached),
    )


def _read_costs(data: ScaleData, panel: Panel, name: str) -> np.ndarray:
    known = {model["model"]: model[name] for model in data.models}
    return np.array([np.nan if known[model] is None else known[model] for model in panel.models], dtype=float)


def _show(values: dict) -> dict:
    return {
        name: value.isoformat() if isinstance(value, date) else round(value, 6) if isinstance(value, float) else value
        for name, value in values.items()
    }
