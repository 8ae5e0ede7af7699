"""Read the forms in which arena boards are handed on, as ratings of one shape.

Before: a raw file: the arena catalogue's JSON (category, model, rating with bounds), a page's JSON (`meta`, `models`),
the leaderboard data set's Parquet or its viewer's JSON, or a history CSV (a row a day, a column a model). After: a
`Rating` each, with arena, category, style control and day; nothing is judged here but the shape.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from collectors.errors import PayloadError
from collectors.importers.contract import Payload, read_number
from collectors.importers.opening import open_raw, read_csv, read_json

STYLED, UNSTYLED = "style-control", "no-style-control"
Z95 = 1.96
_DAY = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})")
_CATALOGUE_NAME = re.compile(r"leaderboard-(?P<arena>[a-z-]+?)(?P<styled>-style-control)?(?:[-_.]|$)")
_SUBSET = re.compile(
    r"(?P<arena>text|vision|search|document|webdev|[a-z]+[_-]to[_-][a-z]+|[a-z]+[_-]edit)(?P<styled>[_-]style[_-]control)?"
)
_ROW_COLUMNS = ("model_name", "rating", "category", "leaderboard_publish_date")
_HAS_STYLES = {"text", "vision", "search", "document"}
"""Arenas that publish each board with and without style control."""


@dataclass(frozen=True)
class Rating:
    """One model on one board, as printed: `rating`, `half_width` of its 95% interval and `n_votes` may be anything."""

    place: str
    archive: str
    arena: str
    category: str
    style: str | None
    day: date | None
    name: object
    rating: object
    half_width: object = None
    n_votes: object = None
    wording: str | None = None


def read_ratings(payload: Payload, day: date | None) -> Iterator[Rating]:
    """Yield the ratings of a payload in whichever form it is; `day` is the board's where the payload says none.

    Raises PayloadError where it is in none of the forms.
    """
    with open_raw(payload.main) as stream:
        head = stream.peek(4)[:4]
    day = _find_day(payload.main.name) or day
    if head == b"PAR1":
        return _read_rows(_read_parquet(payload), payload)
    if head.lstrip()[:1] in (b"{", b"[", b"<"):
        return _read_document(read_json(payload.main), payload, day)
    return _read_history(payload)


def _read_document(document: object, payload: Payload, day: date | None) -> Iterator[Rating]:
    if isinstance(document, dict) and isinstance(document.get("models"), list):
        return _read_page(document, payload, day)
    if isinstance(document, dict) and isinstance(document.get("rows"), list):
        return _read_rows((item.get("row") if isinstance(item, dict) else item for item in document["rows"]), payload)
    if isinstance(document, dict) and document and all(isinstance(board, dict) for board in document.values()):
        return _read_catalogue(document, payload, day)
    raise PayloadError(
        f"{payload.main.name}: not an arena board; got a JSON {type(document).__name__}. "
        "It takes categories of rated models, a page's meta and models, or the data set's rows."
    )


def _read_catalogue(document: dict, payload: Payload, day: date | None) -> Iterator[Rating]:
    name = payload.main.name
    found = _CATALOGUE_NAME.search(name)
    arena, styled = (found["arena"], found["styled"]) if found else ("text", None)
    for category, board in document.items():
        for model, item in board.items():
            fields = item if isinstance(item, dict) else {"rating": item}
            yield Rating(
                f"{name}: {category}: {model}",
                "arena-catalog",
                arena,
                category,
                _name_style(arena, bool(styled)),
                day,
                model,
                fields.get("rating"),
                _halve(fields.get("rating_q025"), fields.get("rating_q975")),
            )


def _read_page(document: dict, payload: Payload, day: date | None) -> Iterator[Rating]:
    meta = document.get("meta") if isinstance(document.get("meta"), dict) else {}
    arena = str(meta.get("leaderboard") or "").replace("_", "-") or "text"
    day = _find_day(str(meta.get("last_updated") or meta.get("fetched_at") or "")) or day
    for number, item in enumerate(document["models"]):
        fields = item if isinstance(item, dict) else {}
        yield Rating(
            f"{payload.main.name}: models[{number}]",
            "leaderboard-page",
            arena,
            "overall",
            # The site shows its boards with style control unless asked otherwise.
            _name_style(arena, True),
            day,
            fields.get("model"),
            fields.get("score"),
            fields.get("ci"),
            fields.get("votes"),
            "overall, style control (site default)" if arena in _HAS_STYLES else None,
        )


def _read_rows(rows: Iterator[object], payload: Payload) -> Iterator[Rating]:
    path = PurePosixPath(urlsplit(payload.place).path)
    found = _SUBSET.fullmatch(path.parent.name) or _SUBSET.fullmatch(path.name.partition(".")[0])
    if found is None:
        raise PayloadError(
            f"{payload.main.name}: which arena it is cannot be told; got {payload.place!r}. "
            "Keep the data set's folder in the path, such as text_style_control/."
        )
    arena = found["arena"].replace("_", "-")
    for number, item in enumerate(rows):
        fields = item if isinstance(item, dict) else {}
        yield Rating(
            f"{payload.main.name}: row {number}",
            "leaderboard-dataset",
            arena,
            str(fields.get("category")),
            _name_style(arena, bool(found["styled"])),
            _find_day(str(fields.get("leaderboard_publish_date") or "")),
            fields.get("model_name"),
            fields.get("rating"),
            _halve(fields.get("rating_lower"), fields.get("rating_upper")),
            fields.get("vote_count"),
        )


def _read_parquet(payload: Payload) -> Iterator[dict]:
    try:
        with pq.ParquetFile(payload.main.path) as file:
            missing = [column for column in _ROW_COLUMNS if column not in file.schema_arrow.names]
            if missing:
                raise PayloadError(f"{payload.main.name}: columns are missing; got none of {missing}. Check the file.")
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise PayloadError(f"{payload.main.name}: not a whole Parquet file; got {error}. Fetch it again.") from error


def _read_history(payload: Payload) -> Iterator[Rating]:
    for line, row in read_csv(payload.main, ("",)):
        place = f"{payload.main.name}:{line}"
        if row is None:
            raise PayloadError(f"{place}: too few or too many fields; got a torn line. Fetch it again.")
        day = _find_day(row.pop(""))
        for model, rating in row.items():
            yield Rating(f"{place}: {model}", "lmarena-history", "text", "overall", UNSTYLED, day, model, rating)


def _name_style(arena: str, styled: bool) -> str | None:
    return (STYLED if styled else UNSTYLED) if arena in _HAS_STYLES else None


def _find_day(text: str) -> date | None:
    found = _DAY.search(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _halve(low: object, high: object) -> float | None:
    lower, upper = read_number(low), read_number(high)
    return None if lower is None or upper is None else (upper - lower) / 2
