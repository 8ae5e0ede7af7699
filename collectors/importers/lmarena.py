"""Import arena boards: ratings by human preference, each on one dated board.

Before: boards in any of the forms of `collectors.importers.arena_boards`. After: one figure a model, category and
board; the board (archive, arena, category, style control, day) is part of the protocol, since ratings compare only
within one. A day on which a model was not listed is no figure.
"""

from collections.abc import Sequence

from collectors.efforts import read_effort
from collectors.importers.arena_boards import STYLED, Z95, Rating, read_ratings
from collectors.importers.catalogue import CATALOGUE
from collectors.importers.contract import (
    NOT_A_NUMBER,
    OUT_OF_RANGE,
    UNKNOWN_MODEL,
    Context,
    Parsed,
    Payload,
    read_number,
)
from collectors.importers.fetching import Fetcher
from collectors.records import Protocol, Score

NOT_LISTED = "model is not listed on that day"
NO_DAY = "board has no day"
NO_NAME = "model has no name"
UNKNOWN_CATEGORY = "category is not registered"
MAX_RATING = 10_000
_CATEGORIES = {"full": "overall", "overall": "overall", "if": "instruction-following"}
_SITES = {
    "arena-catalog": "https://github.com/lmarena/arena-catalog",
    "leaderboard-dataset": "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
    "leaderboard-page": "https://arena.ai/leaderboard",
    "lmarena-history": "https://github.com/nakasyou/lmarena-history",
}
_VERSIONS = {"gemini-2.5-pro": "google/gemini-2.5-pro-2025-06"}
"""Names that the arena gave to a later version than that of their plain id."""


def collect(place: str | None, fetcher: Fetcher) -> Sequence[Payload]:
    """Return the board at `place`, or the newest boards of LMArena's data set, one payload each."""
    return [fetcher.fetch(address) for address in ((place,) if place else CATALOGUE["lmarena"].addresses)]


def parse(payload: Payload, context: Context) -> Parsed:
    """Return a figure for every rating of a registered model in a registered category, or why not."""
    parsed = Parsed()
    for rating in read_ratings(payload, context.options.published_date):
        parsed.n_rows += 1
        problem = _find_problem(rating, context)
        if problem:
            parsed.reject(rating.place, *problem)
            continue
        parsed.scores.append(_shape(rating, context))
    days = [score.published_date for score in parsed.scores]
    parsed.snapshot_date = max(days, default=payload.retrieved_on)
    return parsed


def _find_problem(rating: Rating, context: Context) -> tuple[str, str] | None:
    value = read_number(rating.rating)
    if not isinstance(rating.name, str) or not rating.name.strip():
        return NO_NAME, repr(rating.name)
    if value is None:
        return NOT_A_NUMBER, f"{rating.rating!r}"
    if value == 0:
        return NOT_LISTED, rating.name
    if not 0 < value <= MAX_RATING:
        return OUT_OF_RANGE, f"{value:g}: a rating lies between 0 and {MAX_RATING}"
    if rating.day is None:
        return NO_DAY, "name the day in the file's name or with --published-date"
    if _name_benchmark(rating) not in context.registry.benchmarks:
        return UNKNOWN_CATEGORY, f"{rating.arena}: {rating.category}"
    return None if _find_model(rating.name, context) else (UNKNOWN_MODEL, rating.name)


def _shape(rating: Rating, context: Context) -> Score:
    model = _find_model(rating.name, context)
    category = _name_category(rating)
    parts = ("lmarena", rating.archive, rating.arena, category, rating.style, rating.day.isoformat())
    half_width = read_number(rating.half_width)
    wording = rating.wording or {STYLED: "style control", None: category}.get(rating.style, "no style control")
    n_votes = read_number(rating.n_votes)
    return Score(
        model=model,
        benchmark=_name_benchmark(rating),
        origin="leaderboard",
        source=context.source.id,
        source_url=context.options.source_url or f"{_SITES[rating.archive]}#{rating.day}",
        reported_by="LMArena",
        setting=f"{rating.name}; {wording}",
        effort=read_effort(rating.name, model),
        protocol=Protocol(benchmark=_name_benchmark(rating), metric="elo", board="/".join(filter(None, parts))),
        unit="elo",
        score=round(read_number(rating.rating), 2),
        stderr=round(half_width / Z95, 2) if half_width and half_width > 0 else None,
        published_date=rating.day,
        first_known_date=rating.day,
        notes=f"votes {n_votes:.0f}" if n_votes is not None else None,
    )


def _name_category(rating: Rating) -> str:
    return _CATEGORIES.get(rating.category, rating.category).replace("_", "-")


def _name_benchmark(rating: Rating) -> str:
    category = _name_category(rating)
    return f"lmarena-{rating.arena}" + ("" if category == "overall" else f"-{category}")


def _find_model(name: str, context: Context) -> str | None:
    version = _VERSIONS.get(name.casefold())
    return version if version in context.registry.models else context.names.find(name)
