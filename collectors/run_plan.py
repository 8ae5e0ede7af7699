"""The plan of one run, and the unfinished runs of a home.

Before: registry entries and what was asked for. After: `unfinished/<run>.sqlite`, the call log of the run with its
plan in it, and a lock that one process at a time holds. A worker needs nothing but this file and its environment.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from collectors.call_log import CallLog
from collectors.endpoint_entries import Endpoint
from collectors.entries import Entry
from collectors.errors import CollectError, UsageError
from collectors.task_entries import Task

SEED = 1234
LOCK_WAIT_S = 10.0
"""How long a new worker waits for one that is on its way out."""
_OPERATIONAL = frozenset({
    "base_url", "api_key_env", "max_concurrency", "requests_per_minute", "tokens_per_minute", "timeout_s", "price",
    "schedule", "retired_on", "source", "notes",
})  # fmt: skip
"""What may change in an endpoint's entry between two starts of one run: it does not touch what is answered."""
_PROTOCOL = frozenset({"id", "benchmark", "lm_eval", "output_type", "dataset", "generated", "max_tokens"})


class RunPlan(Entry):
    """One endpoint through some tasks at one time: all that a worker must know."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    run: str
    endpoint: Endpoint
    tasks: tuple[Task, ...]
    suite: str | None = None
    limit: int | None = None
    edition: str
    scheduled_for: datetime | None = None
    started_at: datetime
    lm_eval_version: str = Field(default_factory=lambda: get_lm_eval_version())
    seed: int = SEED
    usd_cap: float | None = None
    expected_tokens: dict[str, tuple[float, float]] = Field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Return a hash that is equal for plans whose answers may stand in one run."""
        tasks = sorted((task.model_dump(mode="json", include=_PROTOCOL) for task in self.tasks), key=lambda t: t["id"])
        parts = {
            "endpoint": self.endpoint.model_dump(mode="json", exclude=_OPERATIONAL),
            "tasks": tasks,
            "suite": self.suite,
            "limit": self.limit,
            "lm_eval_version": self.lm_eval_version,
            "edition": self.edition if any(task.generated for task in self.tasks) else None,
            "scheduled_for": self.scheduled_for.astimezone(UTC).isoformat() if self.scheduled_for else None,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def get_lm_eval_version() -> str:
    """Return the installed version of lm-eval, without importing it."""
    return version("lm_eval")


def make_run_id(endpoint: str, at: datetime) -> str:
    """Return a new run id that is safe as a file name and sorts by time within an endpoint."""
    return f"{endpoint}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def get_log_path(home: Path, run: str) -> Path:
    """Return where the call log of an unfinished run lies."""
    return home / "unfinished" / f"{run}.sqlite"


def write_plan(home: Path, plan: RunPlan) -> Path:
    """Return the call log that holds `plan`, made where missing, its plan replaced where not."""
    path = get_log_path(home, plan.run)
    with CallLog(path) as log:
        log.set_meta("plan", plan.model_dump(mode="json"))
    return path


def read_plan(log: CallLog) -> RunPlan:
    """Return the plan in a call log. Raises CollectError where there is none or it is of another version."""
    raw = log.get_meta("plan")
    try:
        return RunPlan.model_validate(raw)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise CollectError(
            f"{log.path}: holds no plan that this version can follow; {'.'.join(map(str, problem['loc']))}: "
            f"{problem['msg']}. Move the file away and start the run anew."
        ) from None


def list_unfinished(home: Path) -> list[RunPlan]:
    """Return the plans of all unfinished runs, oldest first."""
    plans = []
    for path in (home / "unfinished").glob("*.sqlite"):
        with CallLog(path) as log:
            plans.append(read_plan(log))
    return sorted(plans, key=lambda plan: plan.started_at)


def find_unfinished(home: Path, wanted: RunPlan) -> RunPlan | None:
    """Return the newest unfinished run that the same command began, or None."""
    return next((plan for plan in reversed(list_unfinished(home)) if plan.identity == wanted.identity), None)


def get_unfinished(home: Path, run: str) -> RunPlan:
    """Return the plan of the unfinished run `run`. Raises UsageError naming those that there are."""
    plans = {plan.run: plan for plan in list_unfinished(home)}
    if run not in plans:
        known = ", ".join(plans) or "none"
        raise UsageError(f"collect: no unfinished run of this name; got {run!r}. Unfinished: {known}.")
    return plans[run]


def remove_unfinished(home: Path, run: str) -> None:
    """Remove the call log of a run that is complete and landed, or of which nothing was asked."""
    path = get_log_path(home, run)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


@contextlib.contextmanager
def lock_run(home: Path, run: str, *, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the run's lock; the death of the process frees it. Raises CollectError where another process holds it."""
    with hold_lock(_lock_path(home, run), f"run {run} is being collected", wait_s=wait_s):
        yield


def is_running(home: Path, run: str) -> bool:
    """Return whether a process is at work on the run."""
    path = _lock_path(home, run)
    if not path.exists():
        return False
    with path.open("r") as file:
        return not _try_lock(file.fileno())


@contextlib.contextmanager
def hold_lock(path: Path, what: str, *, wait_s: float = 0) -> Iterator[None]:
    """Hold a lock file, removed afterwards. Raises CollectError saying `what` by whom, where another process does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_s
    while True:
        file = path.open("a+")
        if _try_lock(file.fileno()):
            if _is_still(path, file.fileno()):
                break
        elif time.monotonic() >= deadline:
            file.seek(0)
            holder = file.read(40).strip() or "unknown"
            file.close()
            raise CollectError(f"{path}: {what} by another process; got pid {holder}. Wait for it, or stop it.")
        file.close()
        time.sleep(0.05)
    try:
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
    finally:
        path.unlink(missing_ok=True)
        file.close()


def _lock_path(home: Path, run: str) -> Path:
    return home / "unfinished" / f"{run}.lock"


def _is_still(path: Path, handle: int) -> bool:
    """Return whether the open file is the one at `path`; a lock on one that was removed is worth nothing."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
