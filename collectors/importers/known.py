"""Recognise a figure that landed before, by whichever source it came.

Before: landed runs. After: for a score, the run that holds the same figure: the same model, test and effort, the same
number as far as it is printed, from the same original reporter.
"""

import re
from collections import defaultdict
from pathlib import Path

from collectors.landing import list_landed, read_landed
from collectors.records import PRINTED_TOLERANCE, Score

_WORDS = re.compile(r"[^\w]+")


class KnownFigures:
    """The published figures of the standing runs of one installation."""

    def __init__(self, home: Path):
        self._figures: dict[tuple, list[tuple[float, set[str], str]]] = defaultdict(list)
        for landed in list_landed(home):
            if landed.manifest.kind == "published":
                for score in read_landed(landed.path, tables=False).scores:
                    self.add(score, landed.manifest.run)

    def add(self, score: Score, run: str) -> None:
        """Count a figure among the known ones."""
        if score.score is not None:
            self._figures[_name_test(score)].append((score.score, list_origins(score), run))

    def find_run(self, score: Score) -> str | None:
        """Return the run that holds this figure, or None where it is new."""
        origins = list_origins(score)
        for value, others, run in self._figures.get(_name_test(score), ()):
            if (
                score.score is not None
                and abs(value - score.score) <= PRINTED_TOLERANCE[score.unit]
                and origins & others
            ):
                return run
        return None


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
