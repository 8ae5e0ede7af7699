"""What the last 30 days of evidence brought: new records, records newly matched, runs of our own.

Before: a snapshot and a question about a scale. After: plain sentences, the newest first, for whoever escapes them.
"""

from datetime import date, timedelta

from dashboard.answers import get_day, read_models, read_waits
from dashboard.i18n import format_day, t, tn
from dashboard.keeping import keep_answers
from dashboard.words import name_bloc
from warehouse import read

DAYS = 30


@keep_answers
def list_changes(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> dict[str, list[str]]:
    """Return what is new in the 30 days before the question's day, by its kind; a kind without news has an empty list.

    Raises ModelgapError where the question has no answer.
    """
    day = get_day(snapshot, question)
    since = day - timedelta(days=DAYS)
    return {
        t("New records"): _list_records(snapshot, scale_id, question, since),
        t("Newly matched"): _list_matches(snapshot, question, since),
        t("Newly scored models"): _list_models(snapshot, scale_id, question, since),
        t("Our own runs"): _list_runs(snapshot, since),
    }


def _list_records(snapshot: read.Snapshot, scale_id: str, question: read.Question, since: date) -> list[str]:
    models = read_models(snapshot, scale_id, question)
    kept = models["is_record"].astype(bool) & models["bloc"].isin(["domestic", "frontier"])
    rows = sorted(_take_since(models[kept], since), key=lambda row: row["release_date"], reverse=True)
    return [
        t("{model}: {bloc} record, released {date}", model=row["name"], bloc=name_bloc(row["bloc"]),
          date=format_day(row["release_date"]))
        for row in rows
    ]  # fmt: skip


def _list_matches(snapshot: read.Snapshot, question: read.Question, since: date) -> list[str]:
    waits, _ = read_waits(snapshot, question)
    rows = [row for row in waits.to_dict("records") if row["matched"] and row["matched"] > since]
    return [
        t("{model}, after {months:.1f} months, by {match}", model=row["name"], months=row["months"], match=row["match"])
        for row in sorted(rows, key=lambda row: row["matched"], reverse=True)
    ]


def _list_models(snapshot: read.Snapshot, scale_id: str, question: read.Question, since: date) -> list[str]:
    models = read_models(snapshot, scale_id, question)
    rows = _take_since(models[models["bloc"] != "baseline"], since)
    return [
        t("{model}, released {date}", model=row["name"], date=format_day(row["release_date"]))
        for row in sorted(rows, key=lambda row: row["release_date"], reverse=True)
    ]


def _list_runs(snapshot: read.Snapshot, since: date) -> list[str]:
    runs = [row for row in read.list_runs(snapshot).to_pylist() if row["finished_at"].date() > since]
    return [
        tn("{endpoint}, {date}: {n} score", "{endpoint}, {date}: {n} scores", row["n_scores"] - row["n_withheld"],
           endpoint=t("{endpoint} (simulated)", endpoint=row["endpoint"]) if row["is_simulated"] else row["endpoint"],
           date=format_day(row["finished_at"].date()))
        for row in runs
    ]  # fmt: skip


def _take_since(models: object, since: date) -> list[dict]:
    return [row for row in models.to_dict("records") if row["release_date"] and row["release_date"] > since]
