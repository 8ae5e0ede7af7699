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
News = tuple[date, str]


@keep_answers
def list_changes(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> dict[str, list[str]]:
    """Return what is new in the 30 days before the question's day, by its kind; without news, what the last news was.

    Raises ModelgapError where the question has no answer.
    """
    since = get_day(snapshot, question) - timedelta(days=DAYS)
    news = {
        t("New records"): _list_records(snapshot, scale_id, question),
        t("Newly matched"): _list_matches(snapshot, question),
        t("New models with a score"): _list_models(snapshot, scale_id, question),
        t("Our own runs"): _list_runs(snapshot),
    }
    return {kind: _take_since(found, since) for kind, found in news.items()}


def _take_since(found: list[News], since: date) -> list[str]:
    """Return what happened after a day, the newest first; where nothing did, what happened last, said as such."""
    found = sorted(found, key=lambda news: news[0], reverse=True)
    new = [said for day, said in found if day > since]
    return new or [t("none; the last: {said}", said=said) for _, said in found[:1]]


def _list_records(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> list[News]:
    models = read_models(snapshot, scale_id, question)
    kept = models["is_record"].astype(bool) & models["bloc"].isin(["domestic", "frontier"])
    return [
        (row["release_date"], t("{model}, {bloc}, released {date}", model=row["name"], bloc=name_bloc(row["bloc"]),
                                date=format_day(row["release_date"])))
        for row in models[kept].to_dict("records")
    ]  # fmt: skip


def _list_matches(snapshot: read.Snapshot, question: read.Question) -> list[News]:
    waits, _ = read_waits(snapshot, question)
    return [
        (row["matched"], t("{model}, after {months:.1f} months, by {match} ({date})", model=row["name"],
                           months=row["months"], match=row["match"], date=format_day(row["matched"])))
        for row in waits.to_dict("records") if row["matched"]
    ]  # fmt: skip


def _list_models(snapshot: read.Snapshot, scale_id: str, question: read.Question) -> list[News]:
    models = read_models(snapshot, scale_id, question)
    kept = (models["bloc"] != "baseline") & models["release_date"].notna()
    return [
        (row["release_date"], t("{model}, released {date}", model=row["name"], date=format_day(row["release_date"])))
        for row in models[kept].to_dict("records")
    ]


def _list_runs(snapshot: read.Snapshot) -> list[News]:
    return [
        (row["finished_at"].date(), _say_run(row)) for row in read.list_runs(snapshot).to_pylist()
    ]  # fmt: skip


def _say_run(row: dict) -> str:
    endpoint = t("{endpoint} (simulated)", endpoint=row["endpoint"]) if row["is_simulated"] else row["endpoint"]
    n, day = row["n_scores"] - row["n_withheld"], format_day(row["finished_at"].date())
    return tn("{endpoint}, {date}: {n} score", "{endpoint}, {date}: {n} scores", n, endpoint=endpoint, date=day)
