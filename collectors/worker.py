"""The process that collects one run: `python -m collectors.worker <home>/unfinished/<run>.sqlite`.

In place of the call log, `-` makes it import lm-eval at once and then wait for the log's path on standard input.

Before: a call log with a plan in it, and perhaps some calls. After: the run in the landing, complete or not, and
events as JSON lines on standard output. Everything else that would be printed goes to standard error. A key comes
only from the environment that the process inherits.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from collectors.call_log import CallLog, CallRecord
from collectors.costing import cost_calls
from collectors.endpoint_entries import Endpoint
from collectors.errors import CollectError, ModelgapError
from collectors.executors import get_worker_log
from collectors.landing import land_run, next_attempt
from collectors.metering import BudgetError, Meter, Report
from collectors.records import ANSWERED, Manifest
from collectors.run_plan import RunPlan, get_log_path, lock_run, read_plan, remove_unfinished
from collectors.settings import get_datasets, get_version

COMPLETE, INCOMPLETE, INTERRUPTED = 0, 1, 130
"""Exit codes: landed whole; landed with something missing, or refused; stopped by a signal, to be resumed."""
STOP_GRACE_S = 10.0
MOST_FAILURES = 20
_QUIET = {"TQDM_DISABLE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TOKENIZERS_PARALLELISM": "false"}


def run_worker(path: Path, report: Report) -> int:
    """Return the exit code after collecting the run of the call log `path`, from where it stands, and landing it.

    The call log goes when the run is complete, or when an error left it without a single call.
    """
    home, run = path.parents[1], path.stem
    with lock_run(home, run):
        if not get_log_path(home, run).exists():
            raise CollectError(f"{path}: no such unfinished run. See `modelgap runs list`: it may just have ended.")
        with CallLog(path) as log:
            try:
                manifest = _collect(home, read_plan(log), log, report)
            except ModelgapError as error:
                report("error", message=str(error))
                manifest = _land_stopped(home, log) if isinstance(error, BudgetError) else None
            is_done = manifest.status == "complete" if manifest else not any(log.records())
        if is_done:
            remove_unfinished(home, run)
    if manifest:
        report("landed", run=run, attempt=manifest.attempt, status=manifest.status)
    return COMPLETE if manifest and manifest.status == "complete" else INCOMPLETE


def main() -> int:
    """Return the exit code of the worker of the call log named; with `--with-parent` it ends with its parent."""
    report = _Reporter(_claim_stdout())
    os.environ.update(_QUIET)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        path = Path(sys.argv[1]) if sys.argv[1] != "-" else _await_path()
        if path is None:
            return COMPLETE
        if "--with-parent" in sys.argv[2:]:
            threading.Thread(target=_end_with_parent, daemon=True).start()
        return run_worker(path.absolute(), report)
    except KeyboardInterrupt:
        report("interrupted")
        return INTERRUPTED
    except ModelgapError as error:
        report("error", message=str(error))
        return error.exit_code


def _collect(home: Path, plan: RunPlan, log: CallLog, report: Report) -> Manifest:
    report("loading", run=plan.run)
    from collectors.evaluating import evaluate

    meter = Meter(plan, log.records(), report)
    with _serve(plan.endpoint) as base_url:
        evaluated = evaluate(plan, log, meter, base_url, get_datasets())
    calls = list(meter.calls.values())
    at = datetime.now(UTC)
    results, samples, n_failed = evaluated.lay_out(plan, calls, at)
    manifest = _make_manifest(home, plan, log, calls, "incomplete" if n_failed else "complete", at)
    _land(home, manifest, results, samples, calls)
    return manifest


def _land_stopped(home: Path, log: CallLog) -> Manifest | None:
    """Land the calls of a run that its budget stopped: evidence of what was spent, without any score."""
    calls = list(log.records())
    if not calls:
        return None
    manifest = _make_manifest(home, read_plan(log), log, calls, "incomplete", datetime.now(UTC))
    manifest = manifest.model_copy(update={"failures": {**manifest.failures, "stopped by the budget": 1}})
    _land(home, manifest, {"scores": []}, None, calls)
    return manifest


def _land(home: Path, manifest: Manifest, results: dict, samples: Any, calls: list[CallRecord]) -> None:
    from collectors.tabulating import tabulate_calls

    land_run(home, manifest, results, samples, tabulate_calls(calls))


def _make_manifest(
    home: Path, plan: RunPlan, log: CallLog, calls: list[CallRecord], status: str, at: datetime
) -> Manifest:
    failures = Counter(call.detail or str(call.outcome) for call in calls if call.outcome not in ANSWERED)
    return Manifest(
        run=plan.run,
        attempt=next_attempt(home, plan.run),
        kind="measured",
        status=status,
        endpoint=plan.endpoint.id,
        model=plan.endpoint.model,
        served_model=plan.endpoint.served_model,
        is_simulated=plan.endpoint.is_simulated,
        suite=plan.suite,
        source="modelgap",
        tasks=tuple(task.id for task in plan.tasks),
        limit=plan.limit,
        scheduled_for=plan.scheduled_for,
        started_at=plan.started_at,
        finished_at=at,
        lm_eval_version=plan.lm_eval_version,
        modelgap_version=get_version(),
        seed=plan.seed,
        cost_usd=cost_calls(plan.endpoint, log.records()),
        outcomes=dict(Counter(str(call.outcome) for call in calls)),
        failures=dict(failures.most_common(MOST_FAILURES)),
    )


@contextmanager
def _serve(endpoint: Endpoint) -> Iterator[str | None]:
    if endpoint.embedded is None:
        yield None
        return
    from collectors.embedded import start_embedded

    with start_embedded(endpoint.embedded) as base_url:
        yield base_url


class _Reporter:
    """Writes events, one JSON document a line, errors to the log too; a reader that has gone is no reason to stop."""

    def __init__(self, out: TextIO):
        self._out = out
        self._lock = threading.Lock()

    def __call__(self, event: str, **values: object) -> None:
        if event == "error":
            print(values["message"], file=sys.stderr, flush=True)
        with self._lock:
            try:
                print(json.dumps({"event": event, **values}), file=self._out, flush=True)
            except (BrokenPipeError, ValueError):
                self._out = open(os.devnull, "w")  # noqa: SIM115


def _claim_stdout() -> TextIO:
    """Keep standard output for events; tasks and libraries that print go to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def _await_path() -> Path | None:
    """Return the path that comes on standard input, None where none does, having imported what takes long meanwhile."""
    from lm_eval import simple_evaluate  # noqa: F401

    line = sys.stdin.buffer.readline().decode().strip()
    if not line:
        return None
    path = Path(line)
    with get_worker_log(path).open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    return path


def _stop(*_signal: object) -> None:
    """Stop as on Ctrl-C, which asyncio heeds by cancelling what is in flight; and at once where that takes too long."""
    timer = threading.Timer(STOP_GRACE_S, os._exit, (INTERRUPTED,))
    timer.daemon = True
    timer.start()
    signal.raise_signal(signal.SIGINT)


def _end_with_parent() -> None:
    """Stop when the parent, which holds the other end of standard input, is gone."""
    # Not through sys.stdin: a thread that holds its lock makes the interpreter abort when it shuts down.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
