"""The charts that have an address: for each slug, how its figure, its data and its words are made.

Before: a snapshot and choices as an address holds them (`scale=gsm8k`, `as-of=2025-06-30`). After: a `Chart`, whose
`draw` takes the caption, so that paper can add its address. A new chart is one entry in `CATALOGUE`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from collectors.errors import UsageError
from dashboard.answers import (
    count_domain_sources,
    count_figures,
    read_domain_rows,
    read_models,
    read_standing,
    read_waits,
    trace_days,
)
from dashboard.captions import caption_catch_up, caption_lag, caption_records, say_headline
from dashboard.captions_domains import caption_domains, caption_heat, caption_isic
from dashboard.chart_entries import QUESTION, Asked, Chart, Entry, pick_columns
from dashboard.chart_makers import MORE
from dashboard.charts.catch_up import plot_catch_up
from dashboard.charts.domain_heat import plot_domain_heat
from dashboard.charts.domains import plot_domains, sort_domains
from dashboard.charts.isic import plot_isic
from dashboard.charts.lag_over_time import plot_lag
from dashboard.charts.records import Axis, plot_records
from dashboard.frames import ALL, list_scales
from dashboard.frames_domains import count_section_sources, read_heat, read_sections
from dashboard.frames_said import read_lag_claims
from dashboard.i18n import t
from dashboard.questions import MEASURED, ORIGINS, PUBLISHED, Choices, list_evidence, make_question, name_sides
from dashboard.words import name_scale
from warehouse import read

Row = dict[str, Any]
OF_ALL = ("domestic", "frontier", "evidence", "match", "as-of", "known")
"""Those of a chart over all domains."""
_SCORES = {"fraction": "percent", "elo": "rating_points", "index": "index_points"}
_POINTS = {"fraction": "percentage_points", "elo": "rating_points", "index": "index_points"}


def make_lag(asked: Asked) -> Chart:
    """Return `lag-over-time`: the lag of every day by two match rules."""
    claims = read_lag_claims(asked.snapshot, asked.scale["domain"])
    days = trace_days(asked.snapshot, asked.scale["scale_id"], asked.question)
    named = {
        "date": "date", "match_rule": "match_rule", "lag_months": "lag_months", "ci90_low": "lag_ci90_low_months",
        "ci90_high": "lag_ci90_high_months", "guard": "withheld_because",
    }  # fmt: skip
    return Chart(
        draw=lambda caption, width=820, height=560: plot_lag(days, caption, claims=claims, width=width, height=height),
        caption=caption_lag(asked.snapshot, asked.scale, asked.question),
        data=pick_columns(days, named),
        alt=t("Months behind over time. {headline} {more}.", **_say_headline(asked)),
        sources=_count_sources(asked),
    )


def make_records(asked: Asked) -> Chart:
    """Return `records`: every model a point, the blocs' records as steps."""
    scale, by = asked.scale, asked.choices.get("axis", "release_date")
    by = by if by == "known_date" else "release_date"
    models = read_models(asked.snapshot, scale["scale_id"], asked.question, by)
    axis = Axis(scale["unit"], scale["chance_floor"])
    sides = name_sides(asked.snapshot, asked.question)
    scores = {name: models[name] * axis.factor for name in ("score", "ci90_low", "ci90_high")}
    unit = _SCORES[scale["unit"]]
    named = {
        "model": "model", "name": "name", "bloc": "bloc", "release_date": by, "score": f"score_{unit}",
        "ci90_low": f"score_ci90_low_{unit}", "ci90_high": f"score_ci90_high_{unit}", "is_record": "is_record",
        "origin": "origin", "source": "source",
    }  # fmt: skip
    return Chart(
        draw=lambda caption, width=1000, height=620: plot_records(
            models, axis, caption, width=width, height=height, sides=sides
        ),
        caption=caption_records(asked.snapshot, scale, asked.question, by),
        data=pick_columns(models.assign(**scores), named),
        alt=t("Records of both blocs on {scale}. {headline} {more}.", scale=name_scale(scale), **_say_headline(asked)),
        sources=_count_sources(asked),
    )


def make_domains(asked: Asked) -> Chart:
    """Return `domains`: gap and lag, a row a domain."""
    chosen = replace(asked.chosen, domain=ALL, scale_id=None)
    rows = read_domain_rows(asked.snapshot, chosen)
    named = {
        "name": "domain", "unit": "gap_unit", "gap_points": "gap", "gap_ci90_low": "gap_ci90_low",
        "gap_ci90_high": "gap_ci90_high", "lag_months": "lag_months", "lag_ci90_low": "lag_ci90_low_months",
        "lag_ci90_high": "lag_ci90_high_months", "guard": "withheld_because", "evidence": "evidence",
    }  # fmt: skip
    data = pick_columns(sort_domains(rows), named)
    return Chart(
        draw=lambda caption, width=760, height=600: plot_domains(rows, caption, width=width, height=height),
        caption=caption_domains(asked.snapshot, chosen),
        data=data.assign(gap_unit=data["gap_unit"].map(_POINTS)),
        alt=t("Gap in points and lag in months, domain by domain, with the reason where a number is withheld."),
        sources=list(count_domain_sources(asked.snapshot, chosen)),
    )


def make_catch_up(asked: Asked) -> Chart:
    """Return `catch-up`: how long each frontier record waited for its first domestic match."""
    waits, total = read_waits(asked.snapshot, asked.question)
    named = {
        "name": "frontier_record", "released": "release_date", "match": "first_match", "matched": "match_date",
        "months": "wait_months",
    }  # fmt: skip
    data = pick_columns(waits, named)
    return Chart(
        draw=lambda caption, width=1000, height=None: plot_catch_up(waits, caption, width=width, height=height),
        caption=caption_catch_up(asked.snapshot, asked.scale, asked.question, total),
        data=data.assign(is_matched=data["match_date"].notna()),
        alt=t("How long each frontier record waited for its first domestic match, row by row, the newest on top."),
        sources=_count_sources(asked),
    )


def make_heat(asked: Asked) -> Chart:
    """Return `domain-heat`: the gap of each domain at the end of every quarter, in points or (`measure`) in months."""
    chosen = replace(asked.chosen, domain=ALL, scale_id=None)
    measure = "months" if asked.choices.get("measure") == "months" else "points"
    column = {"points": "gap_points", "months": "lag_months"}[measure]
    cells = read_heat(asked.snapshot, chosen)
    named = {
        "name": "domain", "quarter": "quarter", "gap_points": "gap", "unit": "gap_unit", "lag_months": "lag_months",
        "guard": "withheld_because",
    }  # fmt: skip
    data = pick_columns(cells, named)
    return Chart(
        draw=lambda caption, width=1000, height=None: plot_domain_heat(
            cells, caption, measure=column, width=width, height=height
        ),
        caption=caption_heat(asked.snapshot, chosen, measure),
        data=data.assign(gap_unit=data["gap_unit"].map(_POINTS)),
        alt=t("The gap of each domain at the end of every quarter; hatched where no number stands."),
        sources=list(count_domain_sources(asked.snapshot, chosen)),
    )


def make_isic(asked: Asked) -> Chart:
    """Return `isic`: the sections of industry, with gap and lag where something measures one."""
    chosen = replace(asked.chosen, domain=ALL, scale_id=None)
    sections = read_sections(asked.snapshot, chosen)
    named = {
        "section": "isic_section", "name": "name", "instruments": "measured_by", "subjects": "subjects",
        "n_items": "n_items", "is_weak": "is_weak", "gap_points": "gap", "gap_ci90_low": "gap_ci90_low",
        "gap_ci90_high": "gap_ci90_high", "unit": "gap_unit", "lag_months": "lag_months",
        "lag_ci90_low": "lag_ci90_low_months", "lag_ci90_high": "lag_ci90_high_months", "guard": "withheld_because",
    }  # fmt: skip
    data = pick_columns(sections, named)
    return Chart(
        draw=lambda caption, width=1000, height=None: plot_isic(sections, caption, width=width, height=height),
        caption=caption_isic(asked.snapshot, chosen),
        data=data.assign(gap_unit=data["gap_unit"].map(_POINTS)),
        alt=t("Sections of industry: gap and lag where something measures one, hatched where nothing does."),
        sources=list(count_section_sources(asked.snapshot, chosen)),
    )


CATALOGUE: dict[str, Entry] = {
    entry.slug: entry
    for entry in (
        Entry("lag-over-time", "", 820, QUESTION, make_lag),
        Entry("records", "gap-over-time", 1000, (*QUESTION, "axis"), make_records),
        Entry("catch-up", "lag", 1000, QUESTION, make_catch_up),
        Entry("domains", "", 760, OF_ALL, make_domains),
        Entry("domain-heat", "domains", 1000, (*OF_ALL, "measure"), make_heat),
        Entry("isic", "domains", 1000, OF_ALL, make_isic),
        *MORE,
    )
}


def find_chart(slug: str, choices: Mapping[str, str]) -> tuple[Entry, dict[str, str]]:
    """Return a slug's entry and the choices with what the slug itself says: `records-gsm8k` is `records` on gsm8k.

    Raises UsageError for a slug or a choice that does not exist.
    """
    found = dict(choices)
    entry = CATALOGUE.get(slug)
    if entry is None and slug.startswith("records-"):
        entry, found["scale"] = CATALOGUE["records"], slug.removeprefix("records-")
    if entry is None:
        raise UsageError(f"chart: does not exist; got {slug!r}. There are: {', '.join(CATALOGUE)}, records-<scale>.")
    strange = sorted(set(found) - {*entry.takes, "snapshot", "lang"})
    if strange:
        takes = ", ".join(entry.takes) or "none"
        raise UsageError(f"chart {entry.slug}: takes no such choice; got {', '.join(strange)}. It takes: {takes}.")
    return entry, found


def spell_choices(chosen: Choices) -> dict[str, str]:
    """Return what a reader chose as an address spells it; what is left at its default is left out."""
    fields = {name: name for name in ("domestic", "frontier", "evidence", "domain", "match")} | {"scale_id": "scale"}
    first, now = vars(Choices()), vars(chosen)
    found = {named: now[field] for field, named in fields.items() if now[field] != first[field]}
    found |= {"as-of": chosen.as_of.isoformat()} if chosen.as_of else {}
    return found | ({"known": "yes"} if chosen.known_then else {})


def read_choices(snapshot: read.Snapshot, choices: Mapping[str, str]) -> Asked:
    """Return what choices ask of a snapshot. Raises UsageError for a value that does not exist."""
    evidence, domain = choices.get("evidence", PUBLISHED), choices.get("domain", ALL)
    if evidence not in list_evidence(evidence):
        known = f"{PUBLISHED}, {MEASURED}, or with commas some of {', '.join(ORIGINS)}"
        raise UsageError(f"evidence: does not exist; got {evidence!r}. There is: {known}.")
    if "scale" in choices:
        scale = read.find_scale(snapshot, choices["scale"])
    else:
        scales = list_scales(snapshot, evidence, domain)
        if not scales:
            raise UsageError(f"chart: no scale has such evidence; got {evidence} of {domain}. Choose other evidence.")
        scale = scales[0]
    chosen = Choices(
        domestic=choices.get("domestic", "domestic"),
        frontier=choices.get("frontier", "frontier"),
        evidence=evidence,
        domain=domain,
        scale_id=scale["scale_id"],
        match=choices.get("match", "point"),
        as_of=_read_day(choices.get("as-of")),
        known_then=choices.get("known") == "yes",
    )
    return Asked(snapshot, choices, chosen, scale, make_question(chosen, scale))


def _read_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"as-of: is no day; got {text!r}. Write it as 2025-06-30.") from None


def _say_headline(asked: Asked) -> dict[str, str]:
    standing = read_standing(asked.snapshot, asked.scale["scale_id"], asked.question)
    first, more = say_headline(standing, asked.scale, name_sides(asked.snapshot, asked.question))
    return {"headline": first, "more": more}


def _count_sources(asked: Asked) -> list[str]:
    return list(count_figures(asked.snapshot, asked.scale, asked.question, "source"))
