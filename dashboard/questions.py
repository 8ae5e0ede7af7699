"""What a reader may choose, by id, and the question to the warehouse that a set of choices makes.

Before: ids from the address. After: options (id to label) that a snapshot has, and `read.Question`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.frames import ALL
from dashboard.i18n import pick_name, t
from dashboard.keeping import keep_answers
from dashboard.words import name_origin
from warehouse import read

DOMESTIC, FRONTIER = "domestic", "frontier"
PUBLISHED, MEASURED = "published", "measured"
ORIGINS = ("independent", "leaderboard", "vendor")
"""Whose published figures there are."""
MATCHES = ("point", "tolerance", "not_significantly_worse")

Row = dict[str, Any]


@dataclass(frozen=True)
class Choices:
    """What a reader chose: cohorts, evidence, domain and scale, match rule, and the day, by whose figures.

    `as_of` None is the day of the newest evidence. `known_then`: judged by the figures public on that day only.
    """

    domestic: str = DOMESTIC
    frontier: str = FRONTIER
    evidence: str = PUBLISHED
    domain: str = ALL
    scale_id: str | None = None
    match: str = MATCHES[0]
    as_of: date | None = None
    known_then: bool = False

    def get_key(self) -> tuple[str, ...]:
        """Return the choices as text, which names a figure drawn by them."""
        return tuple(str(value) for value in vars(self).values())


def make_question(choices: Choices, scale: Row) -> read.Question:
    """Return the question that the choices ask about a scale.

    A scale of our own scores, or an index of independent figures, holds no other evidence: it is asked as it stands.
    """
    is_narrowed = choices.evidence not in (PUBLISHED, MEASURED) and not scale["origins"]
    rule = choices.match
    if rule == "tolerance":
        rule = f"tolerance:{read.TOLERANCE[scale['unit']]:g}"
    return read.Question(
        **{"index" if scale["kind"] == "index" else "benchmark": scale["scale_id"]},
        domestic=choices.domestic,
        frontier=choices.frontier,
        as_of=None if choices.known_then else choices.as_of,
        vintage=choices.as_of if choices.known_then else None,
        match=rule,
        origins=tuple(choices.evidence.split(",")) if is_narrowed else (),
    )


def ask_of_all(choices: Choices) -> read.Question:
    """Return the question of a chart over all domains, which has no scale of its own: what its caption says of it."""
    return make_question(choices, {"kind": "index", "scale_id": None, "unit": "index", "origins": None})


def is_standing(question: read.Question) -> bool:
    """Return whether the marts answer a question that names a scale: default cohorts, day, rule and evidence."""
    asked = vars(question) | {"index": None, "benchmark": None, "domain": None}
    return asked == vars(read.Question())


@keep_answers
def list_cohort_options(snapshot: read.Snapshot, side: str) -> dict[str, str]:
    """Return the cohorts that may stand on a `side` (domestic, frontier), id to label.

    The bloc, its parts, its developers; then those of all blocs, such as open weights against all models.

    An id is a cohort's text for `read.Question`, its terms joined with commas.
    """
    rows = read.list_cohorts(snapshot)
    blocs = {row["bloc"]: pick_name(row) for row in rows if row["kind"] == "bloc"}
    own = [row for row in rows if row["bloc"] == side]
    options = {side: blocs.get(side, side)}
    options |= {row["cohort"]: pick_name(row) for row in own if row["kind"] == "named"}
    crossing = [row for row in rows if row["kind"] == "named" and row["bloc"] is None]
    for row in crossing:
        weights = row["cohort"].partition("-")[0]
        if f"{side}-{weights}" not in options:
            label = t("{bloc}, {cohort}", bloc=blocs.get(side, side), cohort=lower_first(pick_name(row)))
            options[f"{side},{row['cohort']}"] = label
    options |= {row["cohort"]: pick_name(row) for row in own if row["kind"] == "developer"}
    return options | {row["cohort"]: pick_name(row) for row in crossing} | {"all": t("All models")}


def name_sides(snapshot: read.Snapshot, question: read.Question | None) -> tuple[str, str] | None:
    """Return what the two cohorts of a question are called, or None where they are the two blocs as a whole."""
    if question is None or (question.domestic, question.frontier) == (DOMESTIC, FRONTIER):
        return None
    asked = ((DOMESTIC, question.domestic), (FRONTIER, question.frontier))
    domestic, frontier = (
        list_cohort_options(snapshot, side).get(text) or name_cohort(snapshot, text) for side, text in asked
    )
    return domestic, frontier


def name_cohort(snapshot: read.Snapshot, text: str) -> str:
    """Return what a cohort is called that was written as terms: by the name for just these, else term by term."""
    names: dict[frozenset[str], str] = {}
    for row in read.list_cohorts(snapshot):
        for written in (row["terms"], row["cohort"]):
            names.setdefault(frozenset(read.split_terms(written)), pick_name(row))
    terms = read.split_terms(text)
    named = [names.get(frozenset([term]), term) for term in terms]
    joined = t(", ").join([*named[:1], *map(lower_first, named[1:])])
    return names.get(frozenset(terms)) or joined


def list_matches(scale: Row | None = None) -> dict[str, str]:
    """Return the match rules, id to label; the tolerance in points of the scale where one is given."""
    names = {
        "point": t("as good or better"),
        "tolerance": t("within a tolerance"),
        "not_significantly_worse": t("not significantly worse"),
    }
    if scale is not None:
        delta = read.TOLERANCE[scale["unit"]] * (100 if scale["unit"] == "fraction" else 1)
        names["tolerance"] = t("at most {delta:g} points less", delta=delta)
    return names


def list_evidence(asked: str = PUBLISHED) -> dict[str, str]:
    """Return whose figures may count, id to label; several origins are their ids in alphabetical order, with commas.

    Of those, only the one that readers ask for is on offer, and what is `asked`.
    """
    labels = {
        PUBLISHED: t("All published figures"),
        "independent,leaderboard": t("All but vendors' own figures"),
        "independent": t("Independent figures only"),
        "leaderboard": t("Leaderboards only"),
        "vendor": t("Vendors' own figures only"),
        MEASURED: t("Measured here"),
    }
    origins = asked.split(",")
    if asked not in labels and origins == [origin for origin in ORIGINS if origin in origins]:
        labels[asked] = t("Only {origins}", origins=t(", ").join(name_origin(origin) for origin in origins))
    return labels


def lower_first(text: str) -> str:
    """Return a name as it stands inside a phrase: its first letter small, unless it is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
