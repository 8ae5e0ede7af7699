"""What every export of a chart is made from: one figure, its data, its caption, its sources, its address.

Before: what a chart's entry in the catalogue made of a snapshot and choices. After: a `Bundle`, which each format
writes down; so screen, paper, slides and tables cannot disagree.
"""

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.anatomy import Caption
from dashboard.i18n import format_day, pick_name, t
from warehouse import read

URL_VARIABLE = "MODELGAP_URL"
DEFAULT_URL = "http://localhost:8501"
LICENCE = "CC BY 4.0"
_UNITS = {
    "months": "months", "percent": "percent", "index_points": "index points", "rating_points": "rating points",
    "percentage_points": "percentage points", "usd": "USD", "date": "ISO 8601 date", "days": "days",
    "params_b": "billion parameters", "n": "count",
}  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Bundle:
    """One chart as asked for, ready to be written in any format. Texts are plain; each format makes them inert."""

    slug: str
    language: str
    figure: go.Figure
    width: int
    data: pd.DataFrame
    caption: Caption
    alt: str
    sources: Sequence[Row]
    as_of: date
    snapshot: str
    built_at: datetime
    permalink: str

    @property
    def citation(self) -> str:
        """The sentence to cite the figure by."""
        return t(
            'modelgap, "{title}" ({subtitle}), as of {date}, snapshot {snapshot}, {address}',
            title=tidy(self.caption.title),
            subtitle=tidy(self.caption.subtitle),
            date=format_day(self.as_of),
            snapshot=shorten_snapshot(self.snapshot),
            address=self.permalink,
        )

    def list_credits(self) -> list[str]:
        """Return every source in a line: its name, its licence, how it wants to be named, where it is."""
        known = [describe_source(row) for row in self.sources]
        said = [
            (row["name"], row["licence"] or t("no licence stated"), row["attribution"], row["url"]) for row in known
        ]
        return [" · ".join(part for part in parts if part) for parts in said]

    def describe(self) -> Row:
        """Return the metadata as a JSON-ready document with stable keys."""
        return {
            "slug": self.slug,
            "title": tidy(self.caption.title),
            "subtitle": tidy(self.caption.subtitle),
            "unit": sorted({unit for name in self.data if (unit := find_unit(name)) and "date" not in unit}),
            "definition": tidy(self.caption.definition),
            "description": tidy(self.alt),
            "sources": [describe_source(row) for row in self.sources],
            "licence": LICENCE,
            "as_of": self.as_of.isoformat(),
            "snapshot": self.snapshot,
            "permalink": self.permalink,
            "citation": self.citation,
            "language": self.language,
            "n_rows": len(self.data),
            "columns": [
                {"name": name, "unit": find_unit(name), "type": name_type(self.data[name])} for name in self.data
            ],
        }


@dataclass(frozen=True)
class PaperCaption(Caption):
    """A caption whose footer ends in the address that shows the figure again."""

    permalink: str = ""

    def get_footer(self) -> tuple[str, str]:
        """Return the caption's own footer, its second line ending in the permanent address."""
        whose, what = super().get_footer()
        return whose, f"{what} · {self.permalink}"


def put_on_paper(caption: Caption, permalink: str) -> PaperCaption:
    """Return a caption as paper needs it: with the address that shows the figure again."""
    return PaperCaption(**vars(caption), permalink=permalink)


def make_permalink(page: str, choices: Mapping[str, str], snapshot: str) -> str:
    """Return the address of a page with the choices, pinned to a snapshot; the host is `$MODELGAP_URL`.

    It is the installation's, not the request's: the command line and the server must give the same bytes.
    """
    query = {name: choices[name] for name in sorted(choices) if name != "snapshot"}
    query["snapshot"] = shorten_snapshot(snapshot)
    base = os.environ.get(URL_VARIABLE, DEFAULT_URL).rstrip("/")
    return f"{base}/{page}?{urlencode(query, safe=':,')}"


def list_used_sources(snapshot: read.Snapshot, used: Sequence[str]) -> list[Row]:
    """Return the sources with these ids as the snapshot has them, in this order; a source it lacks is left out."""
    known = {row["source"]: row for row in read.list_sources(snapshot).to_pylist()}
    return [known[source] for source in used if source in known]


def keep_redistributable(snapshot: read.Snapshot, data: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose source may be passed on; rows without a source of their own are ours."""
    if "source" not in data:
        return data
    rows = read.list_sources(snapshot).to_pylist()
    closed = {row["source"] for row in rows if not row["is_redistributable"] and row["kind"] != "measured"}
    # Our own baselines come under a source that no publisher registered.
    return data[~data["source"].isin(closed - {"modelgap"})]


def credit_rows(data: pd.DataFrame, sources: Sequence[Row], caption: Caption) -> pd.DataFrame:
    """Return the data with whom to name for each row: its own source, else us and whose figures we computed it from.

    A row that is copied out of a table keeps its attribution.
    """
    snapshot = shorten_snapshot(caption.snapshot)
    ours = t("modelgap, snapshot {snapshot} ({licence})", snapshot=snapshot, licence=LICENCE)
    whole = f"{ours} · {t('Source: {sources}', sources=tidy(caption.sources))}"
    if "source" not in data:
        return data.assign(attribution=whole)
    known = {row["id"]: f"{row['name']} ({row['licence']})" for row in map(describe_source, sources) if row["licence"]}
    return data.assign(attribution=data["source"].map(known).fillna(whole))


def describe_source(row: Row) -> Row:
    """Return a source as exports name it: whose, where, under which licence, how it wants to be named."""
    return {
        "id": row["source"],
        "name": tidy(pick_name(row) or row["source"]),
        "url": row["url"],
        "licence": pick_name(row, "licence"),
        "licence_url": row["licence_url"],
        "attribution": tidy(pick_name(row, "attribution") or ""),
        "retrieved_on": row["retrieved_on"] and row["retrieved_on"].isoformat(),
    }


def tidy(value: object) -> str:
    """Return text without control, direction and zero-width characters; what remains is read letter by letter."""
    return _tidy(str(value))


# Columns repeat their texts: an attribution stands in every row.
@lru_cache(maxsize=4096)
def _tidy(text: str) -> str:
    return "".join(c if unicodedata.category(c)[0] != "C" else " " * (c in "\t\r\n") for c in text).strip()


def find_unit(column: str) -> str | None:
    """Return the unit that a column's name ends in, or None for one without."""
    return next((unit for ending, unit in _UNITS.items() if column == ending or column.endswith(f"_{ending}")), None)


def name_type(column: pd.Series) -> str:
    """Return what a column holds: number, boolean, date or text."""
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "date" if column.name == "date" or str(column.name).endswith("_date") else "text"


def shorten_snapshot(snapshot: str) -> str:
    """Return the part of a snapshot's id that figures show: the start of its file's SHA-256."""
    return snapshot.rpartition("-")[2]


def read_built_at(snapshot: read.Snapshot) -> datetime:
    """Return when a snapshot was built, in UTC to the second: the date of every file made from it."""
    built_at = datetime.fromisoformat(snapshot.meta["built_at"])
    return built_at.astimezone(UTC).replace(microsecond=0)
