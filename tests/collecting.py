"""What the tests of collecting share: sums as a GSM8K of our own, a server that knows the answers, quick retries."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from faulty_server import FaultyServer, Plan, Response, chat
from small_registry import ENDPOINT, SUITE, TASK, write_registry

from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm import caller
from collectors.registry_loader import BUNDLED
from collectors.run_plan import RunPlan, write_plan
from collectors.task_entries import Task

QUICK = caller.RetryPolicy(most_attempts=3, first_wait_s=0.001, longest_wait_s=0.002)


def write_sums(folder: Path, count: int) -> Path:
    """Return a directory of data sets whose GSM8K has `count` items, item i asking for i + 1000."""
    rows = [{"question": f"item {i}: what is {i} + 1000?", "answer": f"Add.\n#### {i + 1000}"} for i in range(count)]
    (folder / "gsm8k").mkdir(parents=True)
    (folder / "gsm8k" / "test.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def item_of(body: dict) -> int:
    """Return which item a request asks for."""
    return int(re.search(r"item (\d+):", json.dumps(body))[1])


def answer_sums(body: dict) -> Response:
    """Answer every item rightly, but each fifth one wrongly."""
    item = item_of(body)
    return chat(f"The answer is {item + 1000 if item % 5 else 7}.")


def serve_sums(*faults: tuple[str, str], **options) -> FaultyServer:
    """Return a server that answers sums, with faults by item: `("item 3:", "reset")`; a third value says how often."""
    return FaultyServer([Plan(*fault) for fault in faults], **{"answer": answer_sums} | options)


def make_plan(base_url: str, *, run: str = "r1", tasks=(TASK,), **changes) -> RunPlan:
    """Return the plan of a run over the sums."""
    endpoint = Endpoint(**ENDPOINT | {"base_url": base_url, "max_concurrency": 4} | changes.pop("endpoint", {}))
    tasks = tuple(Task(**task) for task in tasks)
    return RunPlan(run=run, endpoint=endpoint, tasks=tasks, edition="2026-01", started_at=datetime.now(UTC), **changes)


def plan_run(base_url: str, **changes) -> Path:
    """Return the call log of a run over the sums, planned in the test's home."""
    return write_plan(Path(os.environ["MODELGAP_HOME"]), make_plan(base_url, **changes))


def collect_here(path: Path) -> tuple[int, list[dict]]:
    """Return the exit code and the events of a worker run within this process."""
    from collectors.worker import run_worker

    events = []
    code = run_worker(path, lambda event, **values: events.append({"event": event, **values}))
    return code, events


def lay_overlay(
    folder: Path, base_url: str, *endpoints: dict, suite: dict | None = None, sources: dict[str, dict] | None = None
) -> Path:
    """Return an overlay with endpoints at `base_url`, "one" unless others are given, and "weekly" as the only suite.

    No source has a cadence but those in `sources`, by id with what is changed in them.
    """
    rows = [{**ENDPOINT, "base_url": base_url, "max_concurrency": 4, **row} for row in endpoints or ({},)]
    retired = [{**SUITE, "id": path.stem, "retired_on": "2025-01-01"} for path in (BUNDLED / "suites").glob("*.yaml")]
    bundled = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (BUNDLED / "sources").glob("*.yaml"))
    known = [{**row, "cadence_days": None, **(sources or {}).get(row["id"], {})} for row in bundled]
    return write_registry(folder, endpoints=rows, suites=[*retired, {**SUITE, **(suite or {})}], sources=known)


def start_cli(*arguments: object, registry: Path, **environment: str) -> subprocess.Popen:
    """Return the started command line, on an overlay, in the test's home."""
    variables = {**os.environ, "MODELGAP_REGISTRY": str(registry), **environment}
    command = [sys.executable, "-m", "modelgap", *map(str, arguments)]
    return subprocess.Popen(command, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run_cli(*arguments: object, registry: Path, **environment: str) -> tuple[int, str, str]:
    """Return (exit code, standard output, standard error) of the command line."""
    process = start_cli(*arguments, registry=registry, **environment)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def wait_for(condition: Callable[[], object], process: subprocess.Popen | None = None) -> None:
    """Return when `condition` holds; fail after a minute, or when `process` has ended before, with what it said."""
    deadline = time.monotonic() + 60
    while not condition():
        assert process is None or process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.01)


def prepare_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int = 20) -> None:
    """Make the data sets hold so many sums, and retries in this process quick."""
    import collectors.endpoint_lm.lm  # noqa: F401  (its annotations need the policy as it is)

    monkeypatch.setenv("MODELGAP_DATASETS", str(write_sums(tmp_path / "datasets", count)))
    monkeypatch.setattr(caller, "RetryPolicy", lambda: QUICK)
