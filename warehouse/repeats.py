"""Find the figures that their source prints again in a later publication.

Before: the rows of the score table. After: which of them repeat an earlier one, which alone stands, with its first day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

from collectors.records import PRINTED_TOLERANCE

_NAMED = ("source", "model", "benchmark", "task", "subtask", "unit", "reported_by", "reporter_relation", "tier")


def find_repeats(scores: Iterable[Mapping], protocols: Mapping[str, Mapping]) -> dict[str, str]:
    """Return the `score_id` of each published figure that repeats one of another run, with the run that it repeats.

    Publications of a source go by the day of their figures; on one day what comes with modelgap goes first. A figure is
    held against the publication before, so that one that changed and changed back is new each time. Logs of a harness
    are no publications that repeat: each is a measurement of its own.
    """
    slots = defaultdict(list)
    for row in scores:
        protocol = protocols[row["protocol_id"]]
        if row["evidence"] == "published" and row["score"] is not None and not protocol["harness"]:
            slots[_name_slot(row, protocol)].append(row)
    repeats: dict[str, str] = {}
    for rows in slots.values():
        if len({row["run"] for row in rows}) > 1:
            repeats |= _find_in_slot(rows)
    return repeats


def _find_in_slot(rows: list[Mapping]) -> dict[str, str]:
    repeats: dict[str, str] = {}
    former: list[Mapping] = []
    for _, group in groupby(sorted(rows, key=_order), key=_order):
        standing = []
        for row in group:
            near = PRINTED_TOLERANCE[row["unit"]]
            same = (old for old in former if old["run"] != row["run"] and abs(old["score"] - row["score"]) <= near)
            first = next(same, None)
            if first:
                repeats[row["score_id"]] = first["run"]
            standing.append(first or row)
        former = standing
    return repeats


def _order(row: Mapping) -> tuple:
    return row["published_date"] or date.min, row["run"].startswith("import-"), row["run"]


def _name_slot(row: Mapping, protocol: Mapping) -> tuple:
    """What a figure is of, whatever its number. A rating's board is named by its last two parts: mirrors are one."""
    setting, board = row["setting"] or "", protocol["board"]
    place = ("/".join(board.split("/")[-2:]), setting.split(";")[0]) if board else (setting, protocol["n_shot"])
    return (*(row[name] for name in _NAMED), *place)
