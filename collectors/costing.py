"""What runs cost: measured from tokens and list prices, estimated before a run, held against a suite's budget.

Before: prices of the registry and token counts of calls. After: US dollars, or None where a price is unknown; a price
in another currency is not converted, for want of a rate with a source.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from collectors.call_log import CallRecord
from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.cost import cost_usd
from collectors.landing import CALLS_FILE, LandedRun
from collectors.task_entries import Budget

BYTES_PER_TOKEN = 3
"""A prompt has about 4 bytes a token in English and 3 in Chinese; the lower keeps an estimate on the safe side."""


def cost_tokens(endpoint: Endpoint, input_tokens: float, output_tokens: float) -> float | None:
    """Return what tokens cost in USD; 0 where this program plays the endpoint, None where no USD price is known."""
    if endpoint.is_simulated:
        return 0.0
    return cost_usd(endpoint.price, input_tokens, output_tokens)


def cost_calls(endpoint: Endpoint, calls: Iterable[CallRecord]) -> float | None:
    """Return what calls cost in USD, at least; None where no price is known or an answer came without its tokens."""
    total_in = total_out = 0
    for call in calls:
        if call.is_settled and call.attempts and (call.input_tokens is None or call.output_tokens is None):
            return 0.0 if endpoint.is_simulated else None
        total_in += call.input_tokens or 0
        total_out += call.output_tokens or 0
    return cost_tokens(endpoint, total_in, total_out)


def sum_month(landed: Sequence[LandedRun], suite: str, now: datetime, *, but: str | None = None) -> float:
    """Return the USD that a suite's runs begun in the calendar month (UTC) of `now` are known to have cost.

    Leaves out the run named `but`, which is about to be resumed and counts its own cost.
    """
    month = now.astimezone(UTC).strftime("%Y-%m")
    return sum(
        run.manifest.cost_usd or 0.0
        for run in landed
        if run.manifest.suite == suite
        and run.manifest.run != but
        and run.manifest.started_at.astimezone(UTC).strftime("%Y-%m") == month
    )


def find_cap(budget: Budget, spent_this_month: float, n_runs: int) -> float | None:
    """Return the USD that each of `n_runs` begun together may cost; None where the budget says nothing.

    They share evenly what the month leaves, so that together they cannot pass it.
    """
    caps = [] if budget.usd_per_run is None else [budget.usd_per_run]
    if budget.usd_per_month is not None:
        caps.append(max(0.0, budget.usd_per_month - spent_this_month) / n_runs)
    return min(caps, default=None)


def expect_tokens(landed: Sequence[LandedRun], endpoint: str) -> dict[str, tuple[float, float]]:
    """Return the mean (input, output) tokens a call of each lm-eval task took in the endpoint's last complete run."""
    runs = [run for run in landed if run.manifest.endpoint == endpoint and run.manifest.status == "complete"]
    if not runs or CALLS_FILE not in runs[-1].manifest.files:
        return {}
    return _mean_tokens(runs[-1].path / CALLS_FILE)


def estimate_call(
    expected: dict[str, tuple[float, float]], task: str, prompt: str, max_tokens: int
) -> tuple[float, float]:
    """Return (input, output) tokens to expect of a call: as the task took before, else by its prompt and its limit."""
    return expected.get(task) or (len(prompt.encode("utf-8", "replace")) / BYTES_PER_TOKEN, float(max_tokens))


def _mean_tokens(path: Path) -> dict[str, tuple[float, float]]:
    table = pq.read_table(path, columns=["task", "input_tokens", "output_tokens"]).drop_null()
    means = table.group_by("task").aggregate([("input_tokens", "mean"), ("output_tokens", "mean")])
    return {
        row["task"]: (row["input_tokens_mean"], row["output_tokens_mean"]) for row in means.to_pylist() if row["task"]
    }
