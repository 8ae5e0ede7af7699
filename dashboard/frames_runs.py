"""Endpoints and our own runs: the frames of the operations page.

Before: the current snapshot, read through `warehouse.read`. After: tables with titles for columns, and the frames that
`plot_outcomes` and `plot_drift` take. Simulated endpoints are labelled wherever they stand.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from collectors.cron import find_next_slot
from collectors.errors import ModelgapError
from collectors.task_entries import Schedule
from dashboard.frames import ALL
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.questions import DOMESTIC, FRONTIER, Choices
from warehouse import read

Row = dict[str, Any]
OUTCOMES = ("ok", "refused", "truncated", "empty", "malformed", "timeout", "network", "http_error")
MAX_RUNS = 24
"""Runs in the figure of outcomes: the newest; the table has them all."""


def name_outcome(outcome: str) -> str:
    """Return how a call ended, in words."""
    names = {
        "ok": t("answered"),
        "refused": t("refused"),
        "truncated": t("truncated"),
        "empty": t("empty"),
        "malformed": t("malformed"),
        "timeout": t("timeout"),
        "network": t("network failure"),
        "http_error": t("HTTP error"),
    }
    return names.get(outcome, outcome)


def name_status(status: str) -> str:
    """Return how a run ended, in words."""
    return {"complete": t("complete"), "incomplete": t("incomplete: in no figure")}.get(status, status)


def label_endpoint(row: Row) -> str:
    """Return an endpoint's id, marked where it is simulated."""
    return t("{endpoint} (simulated)", endpoint=row["endpoint"]) if row["is_simulated"] else str(row["endpoint"])


def find_next(row: Row, now: datetime) -> datetime | None:
    """Return when an endpoint is due next by its suite's schedule, None without one or where it is retired."""
    if row["retired_on"] is not None or not row["cron"]:
        return None
    try:
        return find_next_slot(Schedule(cron=row["cron"], timezone=row["timezone"]), now)
    except ModelgapError:
        return None


@keep_answers
def list_kept_runs(snapshot: read.Snapshot, chosen: Choices = Choices()) -> list[Row]:
    """Return the runs, newest first, that finished by the day, asked a task of the domain, and are of the cohorts."""
    members, tasks = _list_models(snapshot, chosen), _list_tasks(snapshot, chosen)
    return [
        row
        for row in read.list_runs(snapshot).to_pylist()
        if (members is None or row["model"] in members)
        and (tasks is None or tasks & set(row["tasks"] or ()))
        and (chosen.as_of is None or row["finished_at"].date() <= chosen.as_of)
    ]


def _list_models(snapshot: read.Snapshot, chosen: Choices) -> set[str] | None:
    """Return the models of the two cohorts, None where neither was chosen: then baselines and others count as well."""
    cohorts = (chosen.domestic, chosen.frontier)
    if cohorts == (DOMESTIC, FRONTIER):
        return None
    return {model for text in cohorts for model in read.list_members(snapshot, text)}


def _list_tasks(snapshot: read.Snapshot, chosen: Choices) -> set[str] | None:
    if chosen.domain == ALL:
        return None
    return {row["task"] for row in read.list_tasks(snapshot).to_pylist() if row["domain"] == chosen.domain}


def table_endpoints(
    snapshot: read.Snapshot, now: datetime, *, has_run: bool, chosen: Choices = Choices()
) -> pd.DataFrame:
    """Return the endpoints with a run that the choices keep, or those that never had one: last run, cost, the next."""
    last: dict[str, Row] = {}
    for run in list_kept_runs(snapshot, chosen if has_run else Choices()):
        last.setdefault(run["endpoint"], run)
    members = _list_models(snapshot, chosen)
    known = [row for row in read.list_endpoints(snapshot).to_pylist() if members is None or row["model"] in members]
    rows = [row for row in known if (row["endpoint"] in last) == has_run]
    described = [_describe_endpoint(row, last.get(row["endpoint"]), now) for row in rows]
    if not has_run:
        known = (t("Endpoint"), t("Model"), t("Suite"), t("Next run (UTC)"))
        return pd.DataFrame(described).reindex(columns=known)
    return pd.DataFrame(described)


def _describe_endpoint(row: Row, run: Row | None, now: datetime) -> Row:
    run = run or {}
    n_calls, n_ok = run.get("n_calls"), run.get("n_ok")
    upcoming = find_next(row, now)
    return {
        t("Endpoint"): label_endpoint(row),
        t("Model"): pick_name(row) if row["name_en"] else row["model"],
        t("Suite"): row["suite"],
        t("Last run (UTC)"): _say_moment(run.get("finished_at")),
        t("Status"): name_status(run["status"]) if run else None,
        t("Answered"): f"{n_ok / n_calls:.1%}" if n_calls else None,
        t("Failed calls"): run.get("n_failed"),
        t("Latency p50, s"): run.get("latency_p50_s"),
        t("Latency p95, s"): run.get("latency_p95_s"),
        t("Cost, USD"): run.get("cost_usd"),
        t("Next run (UTC)"): t("retired") if row["retired_on"] else _say_moment(upcoming) or t("not scheduled"),
    }


def _say_moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M}"


@keep_answers
def read_outcomes(snapshot: read.Snapshot, chosen: Choices = Choices()) -> pd.DataFrame:
    """Return how the calls of the newest runs ended: a row a run and outcome, the newest run first."""
    rows = []
    for run in list_kept_runs(snapshot, chosen)[:MAX_RUNS]:
        counts = dict(run["outcomes"] or ())
        name = t("{endpoint}, {date}", endpoint=label_endpoint(run), date=_say_moment(run["finished_at"]))
        rows += [
            {"run": run["run"], "name": name, "status": run["status"], "outcome": outcome, "n": counts[outcome]}
            for outcome in OUTCOMES
            if counts.get(outcome)
        ]
    return pd.DataFrame(rows, columns=["run", "name", "status", "outcome", "n"])


@keep_answers
def read_drift(snapshot: read.Snapshot, chosen: Choices = Choices()) -> pd.DataFrame:
    """Return our scores by endpoint and task in the order of time, in the columns that `plot_drift` takes."""
    runs = {row["run"] for row in list_kept_runs(snapshot, replace(chosen, domain=ALL))}
    tasks = _list_tasks(snapshot, chosen)
    rows = [
        row
        for row in read.read_measured_scores(snapshot).to_pylist()
        if row["status"] == "complete" and row["run"] in runs and (tasks is None or row["task"] in tasks)
    ]
    return pd.DataFrame(
        {
            "endpoint": [row["endpoint"] for row in rows],
            "name": [label_endpoint(row) for row in rows],
            "task": [row["task"] for row in rows],
            "task_name": [pick_name(row) if row["name_en"] else row["task"] for row in rows],
            "protocol": [row["protocol_id"] for row in rows],
            "at": [row["measured_at"] for row in rows],
            "score": [row["score"] for row in rows],
            "stderr": [row["stderr"] for row in rows],
        }
    )


def list_repeated(drift: pd.DataFrame) -> dict[str, str]:
    """Return the endpoints that were measured more than once on some task, id to label."""
    counts = drift.groupby(["endpoint", "name", "task"])["at"].nunique()
    repeated = counts[counts > 1].reset_index()
    return dict(zip(repeated["endpoint"], repeated["name"], strict=True))


def table_rejects(snapshot: read.Snapshot) -> pd.DataFrame:
    """Return what landed and was refused: why, what exactly, where it lay, and how often."""
    rows = read.read_rejects(snapshot).to_pandas()
    named = {"reason": t("Refused because"), "detail": t("In detail"), "reject_location": t("Where"), "n": t("Rows")}
    if not len(rows):
        return pd.DataFrame(columns=list(named.values()))
    counted = rows.groupby(["reason", "detail", "reject_location"]).size().rename("n").reset_index()
    return counted.sort_values("n", ascending=False).head(500).rename(columns=named)
