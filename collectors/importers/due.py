"""Import the sources that their cadence makes due.

Before: registered sources with a cadence, the raw store's notes of when each was last looked at. After: what became of
each importer that fetches by itself; one that cannot be reached is told, and the others go on.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from collectors.errors import FetchError, PayloadError
from collectors.importers.catalogue import CATALOGUE, Entry
from collectors.importers.importing import Imported, Job, run_import
from collectors.importers.raw_store import RawStore
from collectors.registry_loader import Registry


def import_due(home: Path, registry: Registry, *, today: date | None = None, is_dry: bool = False) -> Iterator[dict]:
    """Yield `{source, is_due, why, payloads}` for each importer with addresses of its own, importing what is due."""
    today = today or datetime.now(UTC).date()
    for name, entry in CATALOGUE.items():
        if not entry.addresses:
            continue
        next_day = find_due_day(home, registry, entry)
        if next_day is None or next_day > today:
            why = f"not due before {next_day}" if next_day else "has no cadence"
            yield {"source": name, "is_due": False, "why": why, "payloads": []}
            continue
        try:
            payloads = list(run_import(home, registry, Job(name, is_dry=is_dry)))
        except (FetchError, PayloadError) as error:
            payloads = [Imported(entry.addresses[0], problem=str(error))]
        yield {"source": name, "is_due": True, "why": f"due since {next_day}", "payloads": payloads}


def find_due_day(home: Path, registry: Registry, entry: Entry) -> date | None:
    """Return the day from which an importer's source should be looked at again; None where it has no cadence.

    Counted from the last look at the address looked at longest ago, or from the day of the figures that came along.
    """
    source = registry.get("sources", entry.source)
    if source.cadence_days is None:
        return None
    store = RawStore(home)
    found = [store.find_latest(address) for address in entry.addresses]
    looks = [datetime.fromisoformat(item[1].checked_at).date() if item else date.min for item in found]
    last = max(min(looks), source.retrieved_on or date.min)
    return last + timedelta(days=source.cadence_days) if last > date.min else date.min
