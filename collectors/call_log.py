"""The call log of one unfinished run: a row per call, written the moment the call ends.

Before: a finished `CallRecord` in memory. After: a committed row of one SQLite file (write-ahead log), which survives
a killed process and from which a restarted run takes every answer it already has.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from collectors.errors import CollectError
from collectors.records import ANSWERED, UNANSWERED, Outcome

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class CallRecord:
    """How one request of lm-eval ended; the fields are the columns of `collectors.records.CALLS`.

    `attempts` and the token counts cover every attempt, also those of earlier starts of the run, because each was
    paid for; everything else describes the last attempt. `attempts` is 0 where the call was never sent.
    """

    call_key: str
    task: str
    doc_id: int
    repeat: int
    outcome: Outcome
    detail: str | None
    attempts: int
    started_at: datetime
    latency_s: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    finish_reason: str | None = None
    http_status: int | None = None
    returned_model: str | None = None
    fingerprint: str | None = None
    request_id: str | None = None
    answer: str | None = None
    thinking: str | None = None

    @property
    def is_settled(self) -> bool:
        """True where the model has spoken (or kept silent): a resumed run does not ask again."""
        return self.outcome in ANSWERED | UNANSWERED


COLUMNS = tuple(field.name for field in fields(CallRecord))
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS calls ({COLUMNS[0]} TEXT PRIMARY KEY, {", ".join(COLUMNS[1:])}) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {FORMAT_VERSION};
"""
_PUT = f"INSERT OR REPLACE INTO calls ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM calls"


class CallLog:
    """The call log at `path`, made where missing; usable from several threads of one process, and as a context.

    Raises CollectError where the file is no call log or is of a later format.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self._lock = threading.Lock()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._errors_named():
            self._connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
            self._connection.execute("PRAGMA journal_mode = WAL")
            # NORMAL: a commit survives the death of the process; only a power cut can take back the last ones.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._check_format()
            self._connection.executescript(_SCHEMA)

    def __enter__(self) -> "CallLog":
        """Return the log itself."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the file."""
        self.close()

    def get(self, key: str) -> CallRecord | None:
        """Return the record of the call `key`, or None where it never ended."""
        rows = self._query(f"{_SELECT} WHERE call_key = ?", (key,))
        return _to_record(rows[0]) if rows else None

    def put(self, record: CallRecord) -> None:
        """Write `record`, in place of an earlier one of the same key; on return it survives `kill -9`."""
        row = [getattr(record, column) for column in COLUMNS]
        row[COLUMNS.index("outcome")] = str(record.outcome)
        row[COLUMNS.index("started_at")] = record.started_at.astimezone(UTC).isoformat()
        self._query(_PUT, row)

    def records(self) -> Iterator[CallRecord]:
        """Yield every record, by task, item and repeat."""
        yield from map(_to_record, self._query(f"{_SELECT} ORDER BY task, doc_id, repeat, call_key"))

    def outcome_counts(self) -> dict[str, int]:
        """Return how many calls ended in each outcome that occurred."""
        return dict(self._query("SELECT outcome, count(*) FROM calls GROUP BY outcome ORDER BY outcome"))

    def set_meta(self, name: str, value: object) -> None:
        """Keep `value`, anything that JSON can hold, under `name`: the plan of the run and the like."""
        self._query("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json.dumps(value, ensure_ascii=False)))

    def get_meta(self, name: str) -> object | None:
        """Return what `set_meta` kept under `name`, or None."""
        rows = self._query("SELECT value FROM meta WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        with self._lock:
            self._connection.close()

    def _query(self, sql: str, values: object = ()) -> list[tuple]:
        with self._lock, self._errors_named():
            return self._connection.execute(sql, values).fetchall()

    def _check_format(self) -> None:
        found = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if found > FORMAT_VERSION:
            raise CollectError(
                f"{self.path}: the call log has format {found}; this version reads up to {FORMAT_VERSION}. "
                "Resume the run with the version of modelgap that began it."
            )

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise CollectError(
                f"{self.path}: the call log cannot be used; got {error}. "
                "Check the disk and the permissions, or move the file away and start the run anew."
            ) from error


def _to_record(row: tuple) -> CallRecord:
    values = dict(zip(COLUMNS, row, strict=True))
    values["outcome"] = Outcome(values["outcome"])
    values["started_at"] = datetime.fromisoformat(values["started_at"])
    return CallRecord(**values)
