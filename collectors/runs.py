"""Say what runs there are and what went wrong in them.

Before: the landing and the unfinished runs of a home. After: plain documents, the same for people and for `--json`.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.call_log import CallLog
from collectors.costing import cost_calls
from collectors.errors import UsageError
from collectors.landing import LandedRun, list_landed, read_landed
from collectors.records import ANSWERED, INFRASTRUCTURE, Manifest, Outcome, Score
from collectors.registry_checks import find_closest
from collectors.run_plan import RunPlan, get_log_path, is_running, list_unfinished

MOST_EXAMPLES = 3
EXCERPT = 200


def list_runs(home: Path) -> list[dict[str, Any]]:
    """Return one row per measured run, oldest first, those still unfinished too, with the keys of `runs list --json`.

    `status` is complete, incomplete, running or interrupted; times are UTC; `scores` are those of whole tasks.
    """
    unfinished = {plan.run: plan for plan in list_unfinished(home)}
    rows = []
    for landed in list_landed(home):
        if landed.manifest.kind == "measured":
            is_at_work = landed.manifest.run in unfinished and is_running(home, landed.manifest.run)
            rows.append(_describe_landed(landed, "running" if is_at_work else landed.manifest.status))
            unfinished.pop(landed.manifest.run, None)
    rows += [_describe_unfinished(home, plan) for plan in unfinished.values()]
    return sorted(rows, key=lambda row: (row["started_at"], row["run"]))


def show_run(home: Path, run: str) -> dict[str, Any]:
    """Return all there is to say of one run: its row of `list_runs`, its subtasks and each fault with examples.

    Raises UsageError naming the closest run where there is none of this name.
    """
    rows = {row["run"]: row for row in list_runs(home)}
    if run not in rows:
        raise UsageError(f"runs: no such run; got {run!r}{find_closest(run, rows)}. See `modelgap runs list`.")
    landed = next((item for item in list_landed(home) if item.manifest.run == run), None)
    if landed is None:
        return {**rows[run], **_detail_unfinished(home, run)}
    content = read_landed(landed.path)
    manifest = content.manifest
    calls = content.calls.to_pylist() if content.calls is not None else []
    return {
        **rows[run],
        "attempt": manifest.attempt,
        "model": manifest.model,
        "suite": manifest.suite,
        "limit": manifest.limit,
        "scheduled_for": _utc(manifest.scheduled_for),
        "subtasks": [{"subtask": score.subtask, **describe_score(score)} for score in content.scores if score.subtask],
        "faults": find_faults(calls),
        "path": str(landed.path),
    }


def find_faults(calls: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each kind of fault among call rows, most frequent first: outcome, detail, count, and some examples.

    `is_infrastructure` tells the endpoint's failures, which must be asked again, from the model's silence.
    """
    faults: dict[tuple[str, str], dict[str, Any]] = {}
    for call in calls:
        outcome = Outcome(call["outcome"])
        if outcome in ANSWERED:
            continue
        key = (str(outcome), call["detail"] or "")
        fault = faults.setdefault(
            key,
            {
                "outcome": key[0],
                "detail": key[1],
                "is_infrastructure": outcome in INFRASTRUCTURE,
                "calls": 0,
                "attempts": 0,
                "examples": [],
            },
        )
        fault["calls"] += 1
        fault["attempts"] += call["attempts"] or 0
        if len(fault["examples"]) < MOST_EXAMPLES:
            fault["examples"].append(_describe_example(call))
    return sorted(faults.values(), key=lambda fault: (-fault["calls"], fault["outcome"], fault["detail"]))


def describe_score(score: Score) -> dict[str, Any]:
    """Return a score as `runs list --json` shows it."""
    return {
        "task": score.task,
        "score": score.score,
        "stderr": score.stderr,
        "n": score.n_samples,
        "answered_only": score.score_answered_only,
        "coverage": score.coverage,
    }


def _describe_landed(landed: LandedRun, status: str) -> dict[str, Any]:
    manifest: Manifest = landed.manifest
    scores = read_landed(landed.path, tables=False).scores
    return {
        "run": manifest.run,
        "endpoint": manifest.endpoint,
        "status": status,
        "started_at": _utc(manifest.started_at),
        "finished_at": _utc(manifest.finished_at),
        "cost_usd": manifest.cost_usd,
        "outcomes": manifest.outcomes,
        "scores": [describe_score(score) for score in scores if score.subtask is None],
    }


def _describe_unfinished(home: Path, plan: RunPlan) -> dict[str, Any]:
    with CallLog(get_log_path(home, plan.run)) as log:
        outcomes, cost = log.outcome_counts(), cost_calls(plan.endpoint, log.records())
    return {
        "run": plan.run,
        "endpoint": plan.endpoint.id,
        "status": "running" if is_running(home, plan.run) else "interrupted",
        "started_at": _utc(plan.started_at),
        "finished_at": None,
        "cost_usd": cost,
        "outcomes": outcomes,
        "scores": [],
    }


def _detail_unfinished(home: Path, run: str) -> dict[str, Any]:
    with CallLog(get_log_path(home, run)) as log:
        calls = [
            {"outcome": c.outcome, "detail": c.detail, "attempts": c.attempts, "task": c.task, "doc_id": c.doc_id,
             "http_status": c.http_status, "answer": c.answer}
            for c in log.records()
        ]  # fmt: skip
        plan = next(plan for plan in list_unfinished(home) if plan.run == run)
    return {
        "attempt": 0,
        "model": plan.endpoint.model,
        "suite": plan.suite,
        "limit": plan.limit,
        "scheduled_for": _utc(plan.scheduled_for),
        "subtasks": [],
        "faults": find_faults(calls),
        "path": str(get_log_path(home, run)),
    }


def _describe_example(call: Mapping[str, Any]) -> dict[str, Any]:
    answer = call["answer"]
    return {
        "task": call["task"],
        "doc_id": call["doc_id"],
        "http_status": call["http_status"],
        "answer": answer[:EXCERPT] if answer else None,
    }


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
