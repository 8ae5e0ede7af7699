"""Say which suite is due at which endpoint, and why.

Before: the registry, the landing, the unfinished runs and the clock. After: one `Due` per suite and endpoint. The
landing is the only state: a slot is done when a run landed for it, so a restart forgets nothing and catches up once.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from collectors.costing import sum_month
from collectors.cron import find_last_slot, find_next_slot
from collectors.endpoint_entries import Endpoint
from collectors.landing import LandedRun
from collectors.registry_checks import explain_unanswerable
from collectors.registry_loader import Registry
from collectors.run_plan import RunPlan
from collectors.task_entries import Suite, Task

UNSAFE_VARIABLE = "MODELGAP_UNSAFE_CODE"
MAX_ATTEMPTS = 5
"""After so many incomplete attempts at one slot, only `--resume` or the next slot tries again."""


@dataclass(frozen=True)
class Due:
    """Whether one endpoint is due for one suite. `slot` is the latest slot, `next_slot` the coming one, in UTC."""

    suite: str
    endpoint: str
    is_due: bool
    reason: str
    slot: datetime | None = None
    next_slot: datetime | None = None

    def as_json(self) -> dict[str, object]:
        """Return the row that `modelgap plan --json` shows; times are UTC."""
        return {
            "suite": self.suite,
            "endpoint": self.endpoint,
            "source": None,
            "due": self.is_due,
            "reason": self.reason,
            "scheduled_for": self.slot and self.slot.isoformat(),
            "next_at": self.next_slot and self.next_slot.isoformat(),
        }


def plan_due(
    registry: Registry,
    landed: Sequence[LandedRun],
    unfinished: Sequence[RunPlan],
    now: datetime,
    environment: Mapping[str, str] = os.environ,
) -> list[Due]:
    """Return, for every scheduled suite and each of its endpoints in service, whether it is due at `now` and why.

    Due is whoever has no complete run for the latest slot; slots missed before that are not made up for.
    Args: `landed` the newest attempts; `unfinished` the plans of unfinished runs; `now` aware.
    """
    result = []
    for suite in registry.suites.values():
        if suite.schedule is None or is_retired(suite.retired_on, now):
            continue
        slots = find_last_slot(suite.schedule, now), find_next_slot(suite.schedule, now)
        for endpoint in registry.suite_endpoints(suite.id):
            is_due, reason = _judge(registry, suite, endpoint, slots[0], landed, unfinished, now, environment)
            result.append(Due(suite.id, endpoint.id, is_due, reason, *slots))
    return sorted(result, key=lambda due: (not due.is_due, due.suite, due.endpoint))


def find_obstacle(endpoint: Endpoint, now: datetime, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return why an endpoint cannot be collected from at all, or None where it can."""
    if is_retired(endpoint.retired_on, now):
        return f"retired on {endpoint.retired_on}"
    if endpoint.api_key_env and not environ_has(environment, endpoint.api_key_env):
        return f"its key is missing: ${endpoint.api_key_env} is not set"
    return None


def find_task_obstacle(
    task: Task, endpoint: Endpoint, now: datetime, environment: Mapping[str, str] = os.environ
) -> str | None:
    """Return why `endpoint` cannot be asked `task`, or None where it can."""
    if is_retired(task.retired_on, now):
        return f"retired on {task.retired_on}. Name another."
    if task.unsafe_code and not environ_has(environment, UNSAFE_VARIABLE):
        return f"it executes code that the model writes. Set {UNSAFE_VARIABLE}=1 if this machine may do that."
    return explain_unanswerable(endpoint, task)


def choose_tasks(
    registry: Registry,
    task_ids: Iterable[str],
    endpoint: Endpoint,
    now: datetime,
    environment: Mapping[str, str] = os.environ,
) -> list[Task]:
    """Return the tasks among `task_ids` that `endpoint` can be asked at `now`."""
    tasks = [registry.get("tasks", task_id) for task_id in task_ids]
    return [task for task in tasks if find_task_obstacle(task, endpoint, now, environment) is None]


def is_retired(retired_on: date | None, now: datetime) -> bool:
    """Return whether an entry is out of service at `now`, by UTC day."""
    return retired_on is not None and retired_on <= now.astimezone(UTC).date()


def environ_has(environment: Mapping[str, str], name: str) -> bool:
    """Return whether a variable is set to more than white space."""
    return bool(environment.get(name, "").strip())


def _judge(
    registry: Registry,
    suite: Suite,
    endpoint: Endpoint,
    slot: datetime | None,
    landed: Sequence[LandedRun],
    unfinished: Sequence[RunPlan],
    now: datetime,
    environment: Mapping[str, str],
) -> tuple[bool, str]:
    obstacle = find_obstacle(endpoint, now, environment)
    if obstacle:
        return False, obstacle
    if slot is None:
        return False, f"its schedule never fires: {suite.schedule.cron!r}"
    if not choose_tasks(registry, suite.tasks, endpoint, now, environment):
        return False, "none of the suite's tasks is in service for it"
    cap, spent = suite.budget.usd_per_month, sum_month(landed, suite.id, now)
    if cap is not None and spent >= cap:
        return False, f"the suite's budget of {cap:.2f} USD this month is spent ({spent:.2f})"
    return _judge_slot(suite, endpoint.id, slot, landed, unfinished)


def _judge_slot(
    suite: Suite, endpoint: str, slot: datetime, landed: Sequence[LandedRun], unfinished: Sequence[RunPlan]
) -> tuple[bool, str]:
    when = f"{slot.astimezone(ZoneInfo(suite.schedule.timezone)):%Y-%m-%d %H:%M %Z}"
    runs = [
        run.manifest
        for run in landed
        if (run.manifest.suite, run.manifest.endpoint) == (suite.id, endpoint) and run.manifest.scheduled_for
    ]
    newest = max(runs, key=lambda run: (run.scheduled_for, run.status == "complete"), default=None)
    if newest is not None and newest.scheduled_for >= slot:
        if newest.status == "complete":
            return False, f"complete for the slot of {when}"
        if newest.attempt >= MAX_ATTEMPTS:
            return False, f"incomplete after {newest.attempt} attempts; try `modelgap collect --resume {newest.run}`"
        return True, f"incomplete for the slot of {when}: run {newest.run} is to be resumed"
    for plan in unfinished:
        if (plan.suite, plan.endpoint.id, plan.scheduled_for) == (suite.id, endpoint, slot):
            return True, f"interrupted in the slot of {when}: run {plan.run} is to be resumed"
    return True, f"not collected for the slot of {when}" if newest else f"never collected; slot of {when}"
