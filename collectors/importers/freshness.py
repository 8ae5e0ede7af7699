"""Say when a source was last checked and from which day it is due again: one rule for `import --due` and for readers.

Before: a source's addresses, the raw store's notes of when each was looked at, the days of what is held of it. After:
the day of the last check, and the one from which it is to be looked at again. Its evidence may be older than the check.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from collectors.entries import Source
from collectors.importers.catalogue import CATALOGUE
from collectors.importers.raw_store import RawStore


def list_addresses(source: Source) -> tuple[str, ...]:
    """Return the addresses that a source's importer fetches by itself, or those that the registry names instead."""
    own = next((entry.addresses for entry in CATALOGUE.values() if entry.source == source.id), None)
    return () if own is None else source.fetch_from or own


def list_looks(home: Path) -> dict[str, date]:
    """Return on which day (UTC) each place was last looked at and found to answer, whether or not it had changed."""
    return RawStore(home).list_looks()


def find_check_day(addresses: Iterable[str], looks: Mapping[str, date], held: Iterable[date | None]) -> date | None:
    """Return the day of the last check, None where there was none.

    That is the last look at the address looked at longest ago, or the newest of the days of what is `held`.
    """
    looked = min((looks.get(address, date.min) for address in addresses), default=date.min)
    last = max(looked, *filter(None, held), date.min)
    return None if last == date.min else last


def find_due_day(cadence_days: int | None, checked_on: date | None) -> date | None:
    """Return the day from which a source is to be looked at again; None without a cadence, the first if never seen."""
    if cadence_days is None:
        return None
    return checked_on + timedelta(days=cadence_days) if checked_on else date.min
