"""Import the sources that their cadence makes due.

Before: registered sources with a cadence, when each was last checked (`freshness`). After: what is due and when, and
what became of each importer that fetches by itself; one that cannot be reached is told, and the others go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from collectors.errors import ModelgapError
from collectors.importers.catalogue import CATALOGUE
from collectors.importers.freshness import find_check_day, find_due_day, list_addresses, list_looks
from collectors.importers.importing import Imported, Job, run_import
from collectors.landing import list_landed
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
    today, looks, landed = today or datetime.now(UTC).date(), list_looks(home), _list_landed_days(home)
    rows = []
    for name, entry in CATALOGUE.items():
        source = registry.sources.get(entry.source)
        addresses = list_addresses(source) if source else ()
        if addresses:
            checked_on = find_check_day(addresses, looks, (source.retrieved_on, landed.get(source.id)))
            day = find_due_day(source.cadence_days, checked_on)
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


def _list_landed_days(home: Path) -> dict[str, date]:
    """Return by source the day (UTC) of the newest publication of it that landed, from whatever place."""
    days: dict[str, date] = {}
    for landed in list_landed(home):
        manifest = landed.manifest
        if manifest.kind == "published" and manifest.source:
            day = manifest.finished_at.astimezone(UTC).date()
            days[manifest.source] = max(day, days.get(manifest.source, day))
    return days


def _explain(day: date | None, today: date) -> str:
    if day is None:
        return "has no cadence"
    if day > today:
        return f"not due before {day}"
    return f"due since {day}" if day > date.min else "never looked at"
