"""Collect and import what is due, when it is due, for as long as the process lives.

Before: suites with cron expressions, sources with a cadence, and a home. After: at every slot, at the start and once an
hour, whatever is due has been collected as `collect --due` would, and beside it imported as `import --due` would. There
is no state but the landing and the raw files' notes: a slot missed while nothing ran is caught up once, an incomplete
run is resumed and a source that could not be reached is asked again, at most an hour later.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from collectors.collect import Request, open_jobs, run_jobs
from collectors.cron import make_trigger
from collectors.errors import ModelgapError
from collectors.executors import Executor, LocalExecutor
from collectors.importers.due import plan_imports
from collectors.planning import is_retired
from collectors.registry_loader import Registry, load_registry
from collectors.run_plan import hold_lock
from collectors.settings import HOME_VARIABLE, REGISTRY_VARIABLE

CHECK_EVERY_H = 1
IMPORT_LIMIT_S = 3600
"""No import takes so long: its downloads have limits of their own."""
Say = Callable[[str], None]


class Schedule:
    """What runs at every slot: one check at a time, each on the registry as it is by then."""

    def __init__(self, home: Path, overlays: Sequence[Path], say: Say, make_executor: Callable[[], Executor]):
        self._home, self._overlays, self._say = home, overlays, say
        self._make_executor = make_executor
        self._lock = threading.Lock()
        self._executor: Executor | None = None
        self._is_stopping = False

    def check(self) -> None:
        """Collect whatever is due now; an error is said and the next slot tries again."""
        try:
            jobs, _ = open_jobs(load_registry(self._overlays), self._home, Request(is_due=True), datetime.now(UTC))
            if not jobs or not self._begin():
                return
            for job in jobs:
                self._say(f"{job.plan.run}: {'resumed' if job.is_resumed else 'begun'}")
            run_jobs(jobs, self._executor, self._listen)
        except ModelgapError as error:
            self._say(str(error))

    def stop(self) -> None:
        """End the workers cleanly and begin no more."""
        with self._lock:
            self._is_stopping = True
            if self._executor is not None:
                self._executor.stop()

    def _begin(self) -> bool:
        with self._lock:
            self._executor = None if self._is_stopping else self._make_executor()
            return self._executor is not None

    def _listen(self, run: str, event: dict) -> None:
        match event["event"]:
            case "landed":
                self._say(f"{run}: {event['status']}")
            case "error":
                self._say(event["message"])
            case "interrupted":
                self._say(f"{run}: interrupted, to be resumed")


class Imports:
    """The sources that are due, each imported by the command in a process of its own: none can end the schedule."""

    def __init__(self, home: Path, overlays: Sequence[Path], say: Say):
        self._home, self._overlays, self._say = home, overlays, say
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._is_stopping = False

    def check(self) -> None:
        """Import whatever is due now, one source after the other; what fails is said and due again the next time."""
        try:
            for due in plan_imports(self._home, load_registry(self._overlays)):
                if due.is_due and self._begin(due.name):
                    self._follow(due.name)
        except ModelgapError as error:
            self._say(str(error))

    def stop(self) -> None:
        """End the import under way, of which nothing partial lands, and begin no more."""
        with self._lock:
            self._is_stopping = True
            if self._process is not None:
                self._process.terminate()

    def _begin(self, name: str) -> bool:
        places = {HOME_VARIABLE: str(self._home), REGISTRY_VARIABLE: os.pathsep.join(map(str, self._overlays))}
        with self._lock:
            if self._is_stopping:
                return False
            self._process = subprocess.Popen(
                [sys.executable, "-m", "modelgap", "import", name, "--json"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={**os.environ, **places},
                # Ctrl-C is for this process, which then ends the import itself.
                start_new_session=True,
            )  # fmt: skip
        return True

    def _follow(self, name: str) -> None:
        out, err, code = *_communicate(self._process), self._process.returncode
        if self._is_stopping:
            self._say(f"import {name}: interrupted")
        elif out and code in (0, 1):
            for found in json.loads(out)["payloads"]:
                self._say(f"import {name}: {found['problem'] or _count(found)}")
        else:
            self._say(f"import {name}: {err.strip() or f'its process ended with code {code} and said nothing'}")


def _communicate(process: subprocess.Popen) -> tuple[str, str]:
    try:
        return process.communicate(timeout=IMPORT_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return "", f"not done within {IMPORT_LIMIT_S} s, and ended. {process.communicate()[1]}"


def _count(found: Mapping) -> str:
    counts = f"{found['n_new']} new, {found['n_known']} already known, {found['n_rejected']} refused"
    return f"{found['name']}: {counts}; {found['state']}"


def run_schedule(
    home: Path,
    overlays: Sequence[Path],
    say: Say = lambda line: print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z {line}", file=sys.stderr, flush=True),
    make_executor: Callable[[], Executor] = LocalExecutor,
) -> None:
    """Collect and import what is due until SIGTERM or SIGINT, which end the workers cleanly; runs are resumed later.

    Raises CollectError where a schedule already runs on this home.
    """
    with hold_lock(home / "schedule.lock", "a schedule is running"):
        schedule = Schedule(home, overlays, say, make_executor)
        imports, registry = Imports(home, overlays, say), load_registry(overlays)
        scheduler = make_scheduler(registry, schedule.check, imports.check, datetime.now(UTC))

        def end() -> None:
            schedule.stop()
            imports.stop()
            while not scheduler.running:
                time.sleep(0.05)
            scheduler.shutdown(wait=True)

        def stop(*_signal: object) -> None:
            say("stopping")
            # A handler must return at once: the thread at work may hold the locks that stopping needs.
            threading.Thread(target=end).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        n_sources = sum(due.day is not None for due in plan_imports(home, registry))
        say(f"watching {len(scheduler.get_jobs()) - 2} suites and {n_sources} sources")
        scheduler.start()
        say("stopped")


def make_scheduler(
    registry: Registry, check: Callable[[], None], check_imports: Callable[[], None], now: datetime
) -> BlockingScheduler:
    """Return a scheduler that calls `check` at every suite's slots, at once, and every hour; one call at a time.

    Beside it, so that neither waits for the other, it calls `check_imports` at once and every hour.
    """
    # Slots that fall into one long check are one check after it, and none is ever too late.
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    threads = {name: ThreadPoolExecutor(1) for name in ("default", "imports")}
    scheduler = BlockingScheduler(executors=threads, job_defaults=defaults, timezone=UTC)
    for suite in registry.suites.values():
        if suite.schedule is not None and not is_retired(suite.retired_on, now):
            scheduler.add_job(check, make_trigger(suite.schedule), id=suite.id)
    hourly = {"trigger": IntervalTrigger(hours=CHECK_EVERY_H, timezone=UTC), "next_run_time": now}
    scheduler.add_job(check, id="hourly check", **hourly)
    scheduler.add_job(check_imports, id="hourly imports", executor="imports", **hourly)
    return scheduler
