"""Turn lm-eval's samples and the calls behind them into scores that count only what the model said.

Before: logged samples of `simple_evaluate`, in which a failed call looks like an empty answer, and the call records.
After: one `Item` per document with its outcome and mark, and one `Score` per task, per group and per subtask.

An item answered keeps lm-eval's mark. One that the model left unanswered (refused, truncated) is wrong in the strict
score, whatever mark lm-eval gave its '', and absent from the answered-only score. One that the endpoint failed has no
mark, and its task no score.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.call_log import CallRecord
from collectors.errors import UsageError
from collectors.records import ANSWERED, INFRASTRUCTURE, UNANSWERED, Outcome

Value = float | list[float]


@dataclass(frozen=True)
class Item:
    """One document of one lm-eval task: lm-eval's sample, how its calls ended by repeat, and what it is worth.

    `outcome` is None where the document was never asked. `value` is what lm-eval's aggregation takes in the strict
    score: a number, or a list of them for metrics that mark several points an item; None where no mark is due.
    """

    sample: Mapping[str, Any]
    outcomes: tuple[Outcome | None, ...]
    calls: tuple[CallRecord, ...]
    outcome: Outcome | None
    value: Value | None

    @property
    def mark(self) -> float | None:
        """The value as one number, 0–1."""
        return sum(self.value) / len(self.value) if isinstance(self.value, list) else self.value


@dataclass(frozen=True)
class Tally:
    """The items of one lm-eval task, how they aggregate, and lm-eval's samples as logged: each item once a filter."""

    items: Sequence[Item]
    aggregate: Any
    samples: Sequence[Mapping[str, Any]]

    @property
    def n_failed(self) -> int:
        """Items without a result: their call failed or was never made."""
        return sum(item.outcome is None or item.outcome in INFRASTRUCTURE for item in self.items)

    def values(self, *, answered_only: bool) -> list[Value | None]:
        """Return what the strict score, or the answered-only one, aggregates."""
        return [item.value for item in self.items if not answered_only or item.outcome in ANSWERED]


def check_direction(leaf: Any, metric: str) -> None:
    """Raise UsageError, before a call is paid for, where less of the metric is better: 0 would reward silence."""
    if leaf.higher_is_better().get(metric) is False:
        raise UsageError(
            f"lm-eval task {leaf.task_name}: only a metric of which more is better can be a score; got {metric!r}. "
            "Choose another in the task's registry entry."
        )


def index_calls(calls: Iterable[CallRecord]) -> dict[tuple[str, int, int], list[CallRecord]]:
    """Return the calls by lm-eval task, document and repeat."""
    index: dict[tuple[str, int, int], list[CallRecord]] = defaultdict(list)
    for call in calls:
        index[call.task, call.doc_id, call.repeat].append(call)
    return index


def tally_task(
    leaf: Any,
    samples: Sequence[Mapping[str, Any]],
    calls: Mapping[tuple[str, int, int], list[CallRecord]],
    metric: str,
    filter_name: str,
) -> Tally:
    """Return the items of one lm-eval task under one metric and filter, from its logged samples and its calls.

    A metric that gets its name only from the answers, such as pass@1, is averaged, as lm-eval does.
    """
    from lm_eval.api.metrics import mean

    items = [
        _make_item(leaf.task_name, sample, calls, metric)
        for sample in samples
        if sample["filter"] == filter_name
    ]  # fmt: skip
    return Tally(items, leaf.aggregation().get(metric, mean), samples)


def aggregate_strict(tallies: Sequence[Tally], *, by_size: bool) -> tuple[float | None, float | None]:
    """Return (score, stderr) over all items, those unanswered counted as wrong; None, None where one has no mark."""
    return _aggregate([(tally, tally.values(answered_only=False)) for tally in tallies], by_size)


def aggregate_answered(tallies: Sequence[Tally], *, by_size: bool) -> tuple[float | None, float | None]:
    """Return (score, stderr) over the answered items; None, None where there are none or one item failed."""
    if any(tally.n_failed for tally in tallies):
        return None, None
    parts = [(tally, tally.values(answered_only=True)) for tally in tallies]
    return _aggregate([part for part in parts if part[1]], by_size)


def estimate_stderr(aggregate: Any, values: Sequence[Value]) -> float | None:
    """Return lm-eval's closed-form standard error of a mean, sd / √n with the sample standard deviation.

    None where lm-eval has no closed form for the aggregation (its bootstrap is not used), or with fewer than two
    values. Where all values are equal the formula gives 0, which `adjust_stderr` must replace.
    """
    from lm_eval.api.metrics import mean, mean_stderr

    if aggregate is not mean or len(values) < 2 or any(isinstance(value, list) for value in values):
        return None
    return float(mean_stderr(values))


def adjust_stderr(stderr: float | None, values: Sequence[Value]) -> float | None:
    """Return `stderr`, or a sound one in place of 0: ten right of ten is no proof that the eleventh will be.

    For right-or-wrong marks, after Agresti and Coull (1998): two right and two wrong are added to the n items,

        p = (right + 2) / (n + 4),  stderr = √(p (1 - p) / (n + 4))

    For other marks 0 means that nothing is known of their spread: None.
    Example: 10 right of 10 give p = 12/14 and 0.0935.
    """
    if stderr is None or stderr > 0:
        return stderr
    if any(value not in (0, 1) for value in values):
        return None
    n = len(values) + 4
    p = (sum(values) + 2) / n
    return math.sqrt(p * (1 - p) / n)


def _aggregate(parts: Sequence[tuple[Tally, list[Value | None]]], by_size: bool) -> tuple[float | None, float | None]:
    from lm_eval.api.metrics import aggregate_subtask_metrics, pooled_sample_stderr, unweighted_mean_stderr

    everything = [value for _, values in parts for value in values]
    if not everything or any(value is None for value in everything):
        return None, None
    scores = [float(tally.aggregate(values)) for tally, values in parts]
    stderrs = [estimate_stderr(tally.aggregate, values) for tally, values in parts]
    sizes = [len(values) for _, values in parts]
    score = float(aggregate_subtask_metrics(scores, sizes, by_size))
    if any(stderr is None for stderr in stderrs):
        return score, None
    if len(parts) == 1:
        stderr = stderrs[0]
    else:
        stderr = float(pooled_sample_stderr(stderrs, sizes) if by_size else unweighted_mean_stderr(stderrs))
    return score, adjust_stderr(stderr, everything)


def _make_item(task: str, sample: Mapping[str, Any], calls: Mapping, metric: str) -> Item:
    repeats = range(len(sample["resps"][0]))
    by_repeat = [calls.get((task, sample["doc_id"], repeat), []) for repeat in repeats]
    outcomes = tuple(_worst(call.outcome for call in found) for found in by_repeat)
    outcome = _outcome_of_item(outcomes)
    every_call = tuple(call for found in by_repeat for call in found)
    return Item(sample, outcomes, every_call, outcome, _value(sample.get(metric), outcome))


def _worst(outcomes: Iterable[Outcome]) -> Outcome | None:
    """Return how one repeat of an item ended, which may take several calls: one failed call fails it."""
    found = list(outcomes)
    for group in (INFRASTRUCTURE, UNANSWERED, ANSWERED):
        for outcome in found:
            if outcome in group:
                return outcome
    return None


def _outcome_of_item(outcomes: Sequence[Outcome | None]) -> Outcome | None:
    """Return how an item ended: failed if one repeat failed, answered if one was, else as the first repeat."""
    for outcome in outcomes:
        if outcome is None or outcome in INFRASTRUCTURE:
            return outcome
    return next((outcome for outcome in outcomes if outcome in ANSWERED), outcomes[0])


def _value(raw: Any, outcome: Outcome | None) -> Value | None:
    """Return an item's strict value; None for a failed item, and for a value that is no mark between 0 and 1."""
    if outcome is None or outcome in INFRASTRUCTURE:
        return None
    points = raw if isinstance(raw, list) else [raw]
    if not points or not all(_is_mark(point) for point in points):
        return None
    numbers = [0.0 if outcome in UNANSWERED else float(point) for point in points]
    return numbers if isinstance(raw, list) else numbers[0]


def _is_mark(point: Any) -> bool:
    try:
        return not isinstance(point, str) and 0 <= float(point) <= 1
    except (TypeError, ValueError):
        return False
