"""Collect what is due, when it is due, for as long as the process lives.

Before: suites with cron expressions, and a home. After: at every slot, at the start and once an hour, whatever is due
has been collected as `collect --due` would. There is no state but the landing: a slot missed while nothing ran is
caught up once, and an incomplete run is resumed, at most an hour later.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from collectors.collect import Request, open_jobs, run_jobs
from collectors.cron import make_trigger
from collectors.errors import ModelgapError
from collectors.executors import Executor, LocalExecutor
from collectors.planning import is_retired
from collectors.registry_loader import Registry, load_registry
from collectors.run_plan import hold_lock

CHECK_EVERY_H = 1
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


def run_schedule(
    home: Path,
    overlays: Sequence[Path],
    say: Say = lambda line: print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z {line}", file=sys.stderr, flush=True),
    make_executor: Callable[[], Executor] = LocalExecutor,
) -> None:
    """Collect what is due until SIGTERM or SIGINT, which end the workers cleanly; their runs are resumed later.

    Raises CollectError where a schedule already runs on this home.
    """
    with hold_lock(home / "schedule.lock", "a schedule is running"):
        schedule = Schedule(home, overlays, say, make_executor)
        scheduler = make_scheduler(load_registry(overlays), schedule.check, datetime.now(UTC))

        def end() -> None:
            schedule.stop()
            while not scheduler.running:
                time.sleep(0.05)
            scheduler.shutdown(wait=True)

        def stop(*_signal: object) -> None:
            say("stopping")
            # A handler must return at once: the thread at work may hold the locks that stopping needs.
            threading.Thread(target=end).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        say(f"watching {len(scheduler.get_jobs()) - 1} suites")
        scheduler.start()
        say("stopped")


def make_scheduler(registry: Registry, check: Callable[[], None], now: datetime) -> BlockingScheduler:
    """Return a scheduler that calls `check` at every suite's slots, at once, and every hour; one call at a time."""
    # Slots that fall into one long check are one check after it, and none is ever too late.
    defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    scheduler = BlockingScheduler(executors={"default": ThreadPoolExecutor(1)}, job_defaults=defaults, timezone=UTC)
    for suite in registry.suites.values():
        if suite.schedule is not None and not is_retired(suite.retired_on, now):
            scheduler.add_job(check, make_trigger(suite.schedule), id=suite.id)
    scheduler.add_job(check, IntervalTrigger(hours=CHECK_EVERY_H, timezone=UTC), id="hourly check", next_run_time=now)
    return scheduler
