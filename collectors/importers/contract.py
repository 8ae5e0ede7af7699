"""What every importer is given and gives back.

Before: the place of an outside publication. `collect(place, fetcher)` returns its payloads, raw and kept by checksum;
`parse(payload, context)` turns one payload into scores, samples and counted rejects, without network or clock. After:
a `Parsed` that `collectors.importers.landing_imports` reconciles and lands as one run a payload.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import pyarrow as pa

from collectors.entries import Source
from collectors.importers.naming import ModelNames
from collectors.records import Score
from collectors.registry_loader import Registry

if TYPE_CHECKING:
    from collectors.importers.fetching import Fetcher

UNKNOWN_MODEL = "model is not registered"
UNKNOWN_BENCHMARK = "benchmark is not registered"
IMPOSSIBLE_DAY = "date lies ahead, or before there were such figures"
NOT_A_NUMBER = "score is not a finite number"
OUT_OF_RANGE = "score is out of range"
GIVEN_TWICE = "figure is given twice in its payload"
LOOKS_LIKE_FORMULA = "text begins like a formula of a spreadsheet"
WRONG_FIELDS = "row has too few or too many fields"
MAX_COUNT = (1 << 31) - 1
TOO_MANY_REASONS = 10_000
"""From so many different rejects on, further ones are counted by reason alone; the payload itself is kept whole."""


@dataclass(frozen=True)
class RawFile:
    """One file as it came: its name there, the copy kept by checksum, the checksum."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Payload:
    """What becomes one run: a file, or a main file followed by those that belong to it.

    `retrieved_on` is the day on which these bytes were first had here: what they say was public by then.
    """

    place: str
    files: tuple[RawFile, ...]
    retrieved_on: date

    @property
    def main(self) -> RawFile:
        """The first file, which names the payload."""
        return self.files[0]

    @property
    def sha256(self) -> str:
        """Return the main file's checksum, or one over all names and checksums where there are more files."""
        if len(self.files) == 1:
            return self.main.sha256
        return hashlib.sha256("\n".join(f"{file.sha256} {file.name}" for file in self.files).encode()).hexdigest()


@dataclass(frozen=True)
class Options:
    """What whoever imports says of a payload that does not say it itself; None where not said."""

    model: str | None = None
    origin: Literal["independent", "leaderboard", "vendor"] | None = None
    reported_by: str | None = None
    source_url: str | None = None
    published_date: date | None = None


@dataclass(frozen=True)
class Context:
    """What `parse` may look things up in: the registry, the source that figures are filed under, what the user said."""

    registry: Registry
    source: Source
    names: ModelNames
    options: Options = Options()


@dataclass
class Parsed:
    """What one payload came to. `n_rows` counts the figures that the payload offers, counted apart from their fate.

    Every offered figure is in `scores` or in `rejects`; `collectors.importers.landing_imports` asserts it.
    """

    n_rows: int = 0
    scores: list[Score] = field(default_factory=list)
    samples: pa.Table | pa.RecordBatchReader | Path | None = None
    """Rows in the schema `SAMPLES`: in memory, as a stream, or a Parquet file that is in that schema already."""
    rejects: dict[tuple[str, str], dict] = field(default_factory=dict)
    snapshot_date: date | None = None
    measured_at: datetime | None = None
    lm_eval_version: str | None = None
    details: dict = field(default_factory=dict)
    """More for results.json, JSON-ready, such as the harness's own configuration."""

    def reject(self, place: str, reason: str, value: object, count: int = 1) -> None:
        """Count `count` offered figures as refused. `place` is where in the payload the first of them stands.

        For an unknown model, `value` is the name as the source writes it: what is listed as unresolved.
        """
        shown = str(value)[:200]
        if (reason, shown) not in self.rejects and len(self.rejects) >= TOO_MANY_REASONS:
            shown = "…"
        entry = self.rejects.setdefault((reason, shown), {"place": place, "reason": reason, "value": shown, "count": 0})
        entry["count"] += count

    @property
    def n_rejected(self) -> int:
        """How many offered figures were refused."""
        return sum(entry["count"] for entry in self.rejects.values())


class Importer(Protocol):
    """What a module of this package offers."""

    collect: Callable[[str | None, "Fetcher"], Sequence[Payload]]
    """Return the payloads at `place`, a path or http(s) address; at the importer's own address where it is None."""
    parse: Callable[[Payload, Context], Parsed]
    """Return what a payload says. Pure. Raises PayloadError where it is not what it should be at all."""


def read_number(value: object) -> float | None:
    """Return a finite number as given, or None where `value` is none.

    Booleans and words are no numbers; a number in a string is one. Range is for the caller to check.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_count(value: object) -> int | None:
    """Return a whole number from 0 to `MAX_COUNT`, of items, shots or trials, or None where `value` is none."""
    number = read_number(value)
    return int(number) if number is not None and 0 <= number <= MAX_COUNT and number.is_integer() else None
