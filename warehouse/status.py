"""How a snapshot stands: what is in it, what was refused, and which sources are due to be looked at again.

Before: a published snapshot, and the raw files beside it, which tell when a source was last checked. After: one
JSON-ready mapping, or a row a source.
"""

from datetime import UTC, date, datetime

import pyarrow as pa

from collectors.importers.freshness import find_check_day, find_due_day, list_looks
from warehouse.snapshot import Snapshot


def read_status(snapshot: Snapshot, now: datetime | None = None) -> dict:
    """Return what is current: `snapshot, built_at, age_hours, as_of, counts, rejects, sources, runs` (JSON-ready)."""
    now = now or datetime.now(UTC)
    built_at = datetime.fromisoformat(snapshot.meta["built_at"])
    rejects = snapshot.rows(
        "SELECT reason, sum(n_refused)::BIGINT AS n FROM reject GROUP BY reason ORDER BY n DESC, reason"
    )
    runs = snapshot.rows("SELECT kind, status, count(*) AS n FROM run GROUP BY ALL ORDER BY ALL")
    return {
        "snapshot": snapshot.id,
        "sha256": snapshot.sha256,
        "built_at": snapshot.meta["built_at"],
        "age_hours": round((now - built_at).total_seconds() / 3600, 2),
        "as_of": snapshot.meta["as_of"],
        "modelgap_version": snapshot.meta["modelgap_version"],
        "counts": snapshot.meta["counts"],
        "runs": runs,
        "rejects": {row["reason"]: row["n"] for row in rejects},
        "sources": [
            {
                "source": row["source"],
                "n_scores": row["n_scores"],
                "newest_date": row["newest_date"] and row["newest_date"].isoformat(),
                "retrieved_on": row["retrieved_on"] and row["retrieved_on"].isoformat(),
                "checked_on": row["checked_on"] and row["checked_on"].isoformat(),
                "is_overdue": row["is_overdue"],
            }
            for row in read_freshness(snapshot, now.date())
        ],
    }


def list_sources(snapshot: Snapshot) -> pa.Table:
    """Return the sources with licence, attribution, what they brought, how new it is, and their cadence."""
    return snapshot.query("FROM source_freshness ORDER BY source")


def read_freshness(snapshot: Snapshot, today: date) -> list[dict]:
    """Return the rows of `list_sources` with `checked_on`, when a source was last checked, `due_date` and `is_overdue`.

    `retrieved_on` is the day of the evidence itself. A source that was checked and had not changed is not overdue,
    however old its evidence: checks are noted beside the raw files of the data directory, not in the snapshot.
    """
    looks, rows = list_looks(snapshot.home), list_sources(snapshot).to_pylist()
    for row in rows:
        row["checked_on"] = find_check_day(row["addresses"] or (), looks, (row["retrieved_on"],))
        # One that was never seen at all brought nothing that could have grown old.
        row["due_date"] = find_due_day(row["cadence_days"], row["checked_on"]) if row["checked_on"] else None
        row["is_overdue"] = row["due_date"] is not None and row["due_date"] < today
    return rows
