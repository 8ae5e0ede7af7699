"""Import the sources that their cadence makes due.

Before: registered sources with a cadence, the raw store's notes of when each was last looked at. After: what is due and
when, and what became of each importer that fetches by itself; one that cannot be reached is told, and the others go on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from collectors.entries import Source
from collectors.errors import ModelgapError
from collectors.importers.catalogue import CATALOGUE, Entry
from collectors.importers.importing import Imported, Job, list_addresses, run_import
from collectors.importers.raw_store import RawStore
from collectors.registry_loader import Registry


@dataclass(frozen=True)
class DueImport:
    """Whether an importer with addresses is to look at its source again; `day` is the one from which it is, or None."""

    name: str
    is_due: bool
    reason: str
    day: date | None

    def as_json(self) -> dict[str, object]:
        """Return the row that `modelgap plan --json` shows, with the keys of a suite's row; times are UTC."""
        at = None if self.day in (None, date.min) else datetime.combine(self.day, time(), UTC).isoformat()
        row = {"suite": None, "endpoint": None, "source": self.name, "due": self.is_due, "reason": self.reason}
        return row | {"scheduled_for": at if self.is_due else None, "next_at": None if self.is_due else at}


def plan_imports(home: Path, registry: Registry, today: date | None = None) -> list[DueImport]:
    """Return for each importer with addresses of its own whether it is due today (UTC), and why."""
    today, looks = today or datetime.now(UTC).date(), RawStore(home).list_looks()
    rows = []
    for name, entry in CATALOGUE.items():
        source = registry.sources.get(entry.source)
        if source and list_addresses(entry, source):
            day = _find_due_day(entry, source, looks)
            rows.append(DueImport(name, day is not None and day <= today, _explain(day, today), day))
    return rows


def import_due(home: Path, registry: Registry, *, today: date | None = None, is_dry: bool = False) -> Iterator[dict]:
    """Yield `{source, is_due, why, payloads}` for each importer with addresses of its own, importing what is due."""
    for due in plan_imports(home, registry, today):
        payloads: list[Imported] = []
        try:
            if due.is_due:
                payloads += run_import(home, registry, Job(due.name, is_dry=is_dry))
        except ModelgapError as error:
            payloads = [Imported(due.name, problem=str(error))]
        yield {"source": due.name, "is_due": due.is_due, "why": due.reason, "payloads": payloads}


def _find_due_day(entry: Entry, source: Source, looks: Mapping[str, date]) -> date | None:
    """Return the day from which an importer's source should be looked at again; None where it has no cadence.

    Counted from the last look at the address looked at longest ago, or from the day of the figures that came along.
    """
    if source.cadence_days is None:
        return None
    days = [looks.get(place, date.min) for place in list_addresses(entry, source)]
    last = max(min(days), source.retrieved_on or date.min)
    return last + timedelta(days=source.cadence_days) if last > date.min else date.min


def _explain(day: date | None, today: date) -> str:
    if day is None:
        return "has no cadence"
    if day > today:
        return f"not due before {day}"
    return f"due since {day}" if day > date.min else "never looked at"
