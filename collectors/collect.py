"""Turn what was asked for into runs, start or resume each, and see them through.

Before: the registry, a home, and a request from the command line or the schedule. After: the runs in the landing;
what could not be finished stays in `unfinished/`, where the same command finds it again.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.costing import cost_tokens, expect_tokens, find_cap, sum_month
from collectors.endpoint_entries import Endpoint
from collectors.errors import UsageError
from collectors.executors import Executor, Listener
from collectors.landing import LandedRun, list_landed
from collectors.planning import choose_tasks, find_obstacle, find_task_obstacle, plan_due
from collectors.registry_loader import Registry
from collectors.run_plan import (
    RunPlan,
    find_unfinished,
    get_lm_eval_version,
    get_log_path,
    get_unfinished,
    hold_lock,
    list_unfinished,
    lock_run,
    make_run_id,
    remove_unfinished,
    write_plan,
)
from collectors.task_entries import Suite, Task
from collectors.tasks import get_edition

PLANNING_WAIT_S = 30.0


@dataclass(frozen=True)
class Request:
    """What to collect. With `is_due`, `endpoints` and `suite` narrow what is due; else they say what to collect."""

    endpoints: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    suite: str | None = None
    limit: int | None = None
    is_due: bool = False


@dataclass(frozen=True)
class Job:
    """One run about to be worked on; `path` is its call log."""

    plan: RunPlan
    path: Path
    is_resumed: bool


def open_jobs(
    registry: Registry,
    home: Path,
    request: Request,
    now: datetime,
    environment: Mapping[str, str] = os.environ,
) -> tuple[list[Job], list[str]]:
    """Return the runs that answer `request`, begun or found unfinished, and notes on endpoints and budgets.

    A run is resumed where the same request began it and it is unfinished; otherwise a new one begins, which reuses
    no earlier answer. Raises UsageError where what was asked for does not exist or cannot be collected.
    """
    with hold_lock(home / "unfinished" / "planning.lock", "runs are being planned", wait_s=PLANNING_WAIT_S):
        landed = list_landed(home)
        _clear_complete(home, landed)
        if request.is_due:
            plans, notes = _plan_due(registry, landed, list_unfinished(home), request, now, environment), []
        else:
            plans, notes = _plan_asked(registry, request, now, environment)
        found = [find_unfinished(home, plan) for plan in plans]
        jobs = _write_jobs(registry, home, list(zip(plans, found, strict=True)), landed, now)
        return jobs, notes + [_warn_of_price(job.plan) for job in jobs if _is_budget_blind(job.plan)]


def open_resumed(
    registry: Registry, home: Path, run: str, now: datetime, environment: Mapping[str, str] = os.environ
) -> Job:
    """Return the unfinished run `run`, with its endpoint's address, key and limits as they are registered today.

    Raises UsageError where there is none, or where its endpoint has since changed in what it is or how it is asked.
    """
    plan = get_unfinished(home, run)
    endpoint = registry.get("endpoints", plan.endpoint.id)
    fresh = plan.model_copy(update={"endpoint": endpoint, "lm_eval_version": get_lm_eval_version()})
    obstacle = find_obstacle(fresh.endpoint, now, environment)
    if obstacle:
        raise UsageError(f"endpoint {fresh.endpoint.id}: {obstacle}. It cannot be collected from.")
    if fresh.identity != plan.identity:
        raise UsageError(
            f"run {run}: endpoint {plan.endpoint.id} or lm-eval has changed since the run began, so that its answers "
            "would not be of one kind; got another definition. Begin a new run without --resume."
        )
    return _write_jobs(registry, home, [(fresh, plan)], list_landed(home), now)[0]


def run_jobs(jobs: Sequence[Job], executor: Executor, listen: Listener) -> None:
    """Work on the runs until each is landed, refused or interrupted; `listen` hears how they go."""
    executor.run([job.path for job in jobs], listen)


def _clear_complete(home: Path, landed: Sequence[LandedRun]) -> None:
    """Remove the call logs of complete runs whose workers were killed between landing and tidying up."""
    for run in landed:
        if run.manifest.status == "complete" and get_log_path(home, run.manifest.run).exists():
            with lock_run(home, run.manifest.run):
                remove_unfinished(home, run.manifest.run)


def _is_budget_blind(plan: RunPlan) -> bool:
    return plan.usd_cap is not None and cost_tokens(plan.endpoint, 1, 1) is None


def _warn_of_price(plan: RunPlan) -> str:
    return f"endpoint {plan.endpoint.id} has no price in USD, so the budget of suite {plan.suite} cannot be held for it"


def _plan_due(
    registry: Registry,
    landed: Sequence[LandedRun],
    unfinished: Sequence[RunPlan],
    request: Request,
    now: datetime,
    environment: Mapping[str, str],
) -> list[RunPlan]:
    for kind, names in (("endpoints", request.endpoints), ("suites", [request.suite] if request.suite else [])):
        for name in names:
            registry.get(kind, name)
    plans = []
    for due in plan_due(registry, landed, unfinished, now, environment):
        is_wanted = request.suite in (None, due.suite) and (not request.endpoints or due.endpoint in request.endpoints)
        if due.is_due and is_wanted:
            suite, endpoint = registry.suites[due.suite], registry.endpoints[due.endpoint]
            tasks = choose_tasks(registry, suite.tasks, endpoint, now, environment)
            plans.append(_make_plan(endpoint, tasks, suite, suite.limit, now, due.slot))
    return plans


def _plan_asked(
    registry: Registry, request: Request, now: datetime, environment: Mapping[str, str]
) -> tuple[list[RunPlan], list[str]]:
    plans, notes = [], []
    for endpoint in _find_endpoints(registry, request):
        obstacle = find_obstacle(endpoint, now, environment)
        if obstacle and request.endpoints:
            raise UsageError(f"endpoint {endpoint.id}: {obstacle}. It cannot be collected from.")
        if obstacle:
            notes.append(f"endpoint {endpoint.id} is left out: {obstacle}")
            continue
        suite = _find_suite(registry, request, endpoint)
        if request.tasks:
            tasks = [_demand_task(registry, task, endpoint, now, environment) for task in dict.fromkeys(request.tasks)]
        else:
            tasks = choose_tasks(registry, suite.tasks, endpoint, now, environment)
        if not tasks:
            raise UsageError(f"suite {suite.id}: none of its tasks is in service for endpoint {endpoint.id}.")
        limit = request.limit or (suite.limit if suite else None)
        plans.append(_make_plan(endpoint, tasks, suite, limit, now, None))
    return plans, notes


def _find_endpoints(registry: Registry, request: Request) -> list[Endpoint]:
    if request.endpoints:
        return [registry.get("endpoints", name) for name in dict.fromkeys(request.endpoints)]
    if request.suite:
        return registry.suite_endpoints(request.suite)
    raise UsageError("collect: nothing to collect; got neither --endpoint, --suite nor --due. Name one of them.")


def _find_suite(registry: Registry, request: Request, endpoint: Endpoint) -> Suite | None:
    """Return the suite that a run belongs to; the endpoint's own where neither a suite nor tasks are asked for."""
    if request.suite:
        return registry.get("suites", request.suite)
    if request.tasks:
        return None
    if endpoint.schedule is None:
        raise UsageError(f"endpoint {endpoint.id}: it has no schedule to take tasks from. Name --suite or --task.")
    return registry.suites[endpoint.schedule]


def _demand_task(
    registry: Registry, task_id: str, endpoint: Endpoint, now: datetime, environment: Mapping[str, str]
) -> Task:
    task = registry.get("tasks", task_id)
    obstacle = find_task_obstacle(task, endpoint, now, environment)
    if obstacle:
        raise UsageError(f"task {task_id}: {obstacle}")
    return task


def _make_plan(
    endpoint: Endpoint,
    tasks: Sequence[Task],
    suite: Suite | None,
    limit: int | None,
    now: datetime,
    slot: datetime | None,
) -> RunPlan:
    # A slot belongs to the month of its suite's own calendar: 00:00 on the 1st in Shanghai is the day before in UTC.
    due_at = slot.astimezone(ZoneInfo(suite.schedule.timezone)) if slot else now.astimezone(UTC)
    return RunPlan(
        run=make_run_id(endpoint.id, now),
        endpoint=endpoint,
        tasks=tuple(tasks),
        suite=suite.id if suite else None,
        limit=limit,
        edition=get_edition(due_at),
        scheduled_for=slot,
        started_at=now.astimezone(UTC),
    )


def _write_jobs(
    registry: Registry,
    home: Path,
    pairs: Sequence[tuple[RunPlan, RunPlan | None]],
    landed: Sequence[LandedRun],
    now: datetime,
) -> list[Job]:
    """Write each plan, under the name of the unfinished run that it resumes if there is one, with today's budget."""
    jobs = []
    for wanted, found in pairs:
        plan = wanted if found is None else wanted.model_copy(update={"run": found.run, "started_at": found.started_at})
        together = sum(other.suite == plan.suite and not other.endpoint.is_simulated for other, _ in pairs)
        suite = registry.suites.get(plan.suite) if plan.suite else None
        if suite is not None:
            cap = find_cap(suite.budget, sum_month(landed, suite.id, now, but=plan.run), max(1, together))
            plan = plan.model_copy(update={"usd_cap": cap, "expected_tokens": expect_tokens(landed, plan.endpoint.id)})
        jobs.append(Job(plan, write_plan(home, plan), found is not None))
    return jobs
