"""Recognise a figure that landed before, by whichever source it came.

Before: landed runs. After: of a score, whether one of them holds the same figure: the same model, test and effort, the
same number as far as it is printed, from the same original reporter.
"""

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from collectors.landing import LandedRun, list_landed, read_landed
from collectors.records import PRINTED_TOLERANCE, Score

_WORDS = re.compile(r"[^\w]+")


class KnownFigures:
    """The standing runs of one installation, by run, and their published figures; read once and kept up by `add`."""

    def __init__(self, home: Path):
        self.standing: dict[str, LandedRun] = {}
        self._figures: dict[tuple, list[float]] = defaultdict(list)
        for landed in list_landed(home):
            self.standing[landed.manifest.run] = landed
            if landed.manifest.kind == "published":
                for score in read_landed(landed.path, tables=False).scores:
                    self.add(score)

    def add(self, score: Score) -> None:
        """Count a figure among the known ones."""
        if score.score is not None:
            for origin in list_origins(score):
                insort(self._figures[(origin, *_name_test(score))], score.score)

    def holds(self, score: Score) -> bool:
        """Return whether this figure landed before."""
        if score.score is None:
            return False
        near, test = PRINTED_TOLERANCE[score.unit], _name_test(score)
        known = (self._figures.get((origin, *test), ()) for origin in list_origins(score))
        return any(_has_near(values, score.score, near) for values in known)


def _has_near(values: Sequence[float], value: float, near: float) -> bool:
    place = bisect_left(values, value - near)
    return place < len(values) and values[place] <= value + near


def list_origins(score: Score) -> set[str]:
    """Return what names the original reporter of a figure: any one in common makes two figures those of one reporter.

    These are the reporter's name, the page, and for a developer's own figure the developer.
    """
    origins = {_WORDS.sub(" ", name).strip().casefold() for name in (score.reported_by, score.source_url) if name}
    if score.reporter_relation == "own":
        origins.add(score.model.partition("/")[0])
    return origins or {score.source}


def _name_test(score: Score) -> tuple:
    # The board's last two parts are its setting and day; what stands before them is only the mirror it was read from.
    board = tuple((score.protocol.board or "").split("/")[-2:])
    return (score.model, score.benchmark, score.task, score.subtask, score.effort or "", score.unit, board)
