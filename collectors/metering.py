"""Watch a run from inside its worker: count calls, add up their cost, and stop it where its budget ends.

Before: `CallRecord`s as they end. After: progress events for whoever started the worker, and the calls of this start.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from collectors.call_log import CallRecord
from collectors.costing import cost_calls, cost_tokens, estimate_call
from collectors.errors import CollectError
from collectors.run_plan import RunPlan

REPORT_EVERY_S = 0.25
Report = Callable[..., None]


class BudgetError(CollectError):
    """The run would pass, or has passed, what it may cost."""


class Meter:
    """Counts the calls of one start of a run; `on_call` is told of each as it ends, replayed ones too."""

    def __init__(self, plan: RunPlan, earlier: Iterable[CallRecord], report: Report):
        self.calls: dict[str, CallRecord] = {}
        self.total = 0
        self._plan = plan
        self._report = report
        self._outcomes: Counter[str] = Counter()
        self._log = {record.call_key: record for record in earlier}
        self._tokens = [0, 0]
        self._reported_at = 0.0

    def begin(self, requests: Iterable[Any]) -> None:
        """Take note of lm-eval's requests before the first is asked. Raises BudgetError where they cost too much."""
        requests = list(requests)
        self.total += len(requests)
        cap, expected = self._plan.usd_cap, self._expect(requests)
        if cap is not None and expected is not None and expected > cap:
            raise BudgetError(
                f"run {self._plan.run}: it would cost about {expected:.2f} USD, by its prompts, its token limits and "
                f"what earlier runs took; its budget leaves {cap:.2f}. "
                "Raise the suite's budget, or lower --limit or max_tokens."
            )
        self._tell()

    def on_call(self, record: CallRecord) -> None:
        """Count one ended call. Raises BudgetError where the measured cost has passed the budget with calls left."""
        self.calls[record.call_key] = record
        self._outcomes[str(record.outcome)] += 1
        self._tokens[0] += record.input_tokens or 0
        self._tokens[1] += record.output_tokens or 0
        done = len(self.calls)
        if time.monotonic() - self._reported_at > REPORT_EVERY_S or done == self.total:
            self._tell()
        cap, spent = self._plan.usd_cap, self._spent
        if cap is not None and spent is not None and spent > cap and done < self.total:
            raise BudgetError(
                f"run {self._plan.run}: stopped after {done} of {self.total} calls; they cost {spent:.2f} USD and its "
                f"budget is {cap:.2f}. Raise the suite's budget, then `modelgap collect --resume {self._plan.run}`."
            )

    @property
    def _spent(self) -> float | None:
        return cost_tokens(self._plan.endpoint, *self._tokens)

    def _tell(self) -> None:
        self._reported_at = time.monotonic()
        self._report(
            "progress", done=len(self.calls), total=self.total, outcomes=dict(self._outcomes), cost_usd=self._spent
        )

    def _expect(self, requests: list[Any]) -> float | None:
        """Return what the whole run will cost in USD: what it has cost so far and what is left to ask."""
        plan = self._plan
        settled = Counter(record.task for record in self._log.values() if record.is_settled)
        tokens = [0.0, 0.0]
        for request in requests:
            if settled[request.task_name] > 0:
                settled[request.task_name] -= 1
                continue
            options = request.args[1] if request.request_type == "generate_until" else {}
            limit = options.get("max_gen_toks", 1)
            guess = estimate_call(plan.expected_tokens, request.task_name, str(request.args[0]), limit)
            tokens = [total + more for total, more in zip(tokens, guess, strict=True)]
        ahead = cost_tokens(plan.endpoint, *tokens)
        return None if ahead is None else ahead + (cost_calls(plan.endpoint, self._log.values()) or 0.0)
