"""`modelgap schedule`: collects what is due for as long as it lives, survives a restart, stops cleanly."""

import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from collecting import lay_overlay, prepare_sums, run_cli, serve_sums, start_cli, wait_for
from small_registry import AT, SUITE, make_registry

from collectors import scheduling
from collectors.errors import CollectError
from collectors.landing import list_landed
from collectors.run_plan import hold_lock, list_unfinished

MONTHLY = {"schedule": {"cron": "0 0 1 * *", "timezone": "Asia/Shanghai"}}


@pytest.fixture(autouse=True)
def sums(tmp_path, monkeypatch):
    prepare_sums(tmp_path, monkeypatch)


def home() -> Path:
    return Path(os.environ["MODELGAP_HOME"])


class Lines:
    """Reads what a process says on standard error as it says it."""

    def __init__(self, process):
        self.said: list[str] = []
        threading.Thread(target=lambda: self.said.extend(process.stderr), daemon=True).start()

    def hold(self, text):
        return any(text in line for line in list(self.said))


def stop(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_it_catches_up_once_stops_cleanly_and_goes_on_after_a_restart(tmp_path):
    with serve_sums(latency=0.1) as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url, {"max_concurrency": 1}, suite=MONTHLY)
        first = start_cli("schedule", registry=overlay)
        said = Lines(first)
        wait_for(lambda: any(request.body.get("model") == "one" for request in server.requests))
        stop(first)
        wait_for(lambda: said.hold("stopped"))
        assert said.hold("interrupted, to be resumed")
        (plan,) = [plan for plan in list_unfinished(home()) if plan.suite == "weekly"]
        assert plan.scheduled_for is not None and len(server.requests) < 20

        second = start_cli("schedule", registry=overlay)
        said = Lines(second)
        wait_for(lambda: said.hold(f"{plan.run}: complete"))
        assert said.hold(f"{plan.run}: resumed")
        code, _, err = run_cli("schedule", registry=overlay)
        assert code == 1 and f"a schedule is running by another process; got pid {second.pid}" in err
        stop(second)
        assert len(server.requests) <= 21

        before = len(server.requests)
        assert run_cli("collect", "--due", "--suite", "weekly", registry=overlay)[0] == 0
        assert len(server.requests) == before
    (run,) = [run for run in list_landed(home()) if run.manifest.suite == "weekly"]
    assert run.manifest.status == "complete" and run.manifest.scheduled_for == plan.scheduled_for


def test_every_suite_in_service_is_watched_at_its_own_slots(tmp_path):
    suites = [
        SUITE, {**SUITE, "id": "daily", "schedule": {"cron": "30 1 * * *"}}, {**SUITE, "id": "never", "schedule": None},
        {**SUITE, "id": "old", "retired_on": "2025-01-01"},
    ]  # fmt: skip
    jobs = scheduling.make_scheduler(make_registry(tmp_path, suites=suites), lambda: None, AT).get_jobs()
    slots = {job.id: job.trigger.get_next_fire_time(None, AT).astimezone(UTC) for job in jobs}
    assert slots.pop("hourly check") >= AT
    assert slots == {
        "weekly": datetime(2026, 1, 11, 19, tzinfo=UTC),
        "daily": datetime(2026, 1, 8, 1, 30, tzinfo=UTC),
    }


def test_slots_that_fall_into_a_long_check_make_one_check_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr(scheduling, "make_trigger", lambda schedule: IntervalTrigger(seconds=1))
    under_way, most, checks = 0, 0, []

    def check():
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        checks.append(datetime.now(UTC))
        time.sleep(1.2)
        under_way -= 1

    scheduler = scheduling.make_scheduler(make_registry(tmp_path), check, datetime.now(UTC))
    thread = threading.Thread(target=scheduler.start)
    thread.start()
    wait_for(lambda: len(checks) >= 3)
    scheduler.shutdown(wait=True)
    thread.join(10)
    assert most == 1


def test_an_error_is_said_and_does_not_end_the_schedule(tmp_path):
    said = []
    schedule = scheduling.Schedule(home(), [tmp_path / "missing"], said.append, lambda: pytest.fail("nothing to run"))
    schedule.check()
    schedule.check()
    assert len(said) == 2 and "no such registry directory" in said[0]


def test_a_stopped_schedule_begins_nothing(tmp_path):
    lay_overlay(tmp_path / "overlay", "http://127.0.0.1:9/v1", suite=MONTHLY)
    schedule = scheduling.Schedule(
        home(), [tmp_path / "overlay"], lambda line: None, lambda: pytest.fail("began a worker")
    )
    schedule.stop()
    schedule.check()
    assert list_landed(home()) == []


def test_one_schedule_a_home():
    with (
        hold_lock(home() / "schedule.lock", "a schedule is running"),
        pytest.raises(CollectError, match=f"a schedule is running by another process; got pid {os.getpid()}"),
    ):
        scheduling.run_schedule(home(), [])
