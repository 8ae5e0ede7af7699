"""The one bar of choices that every page has.

Before: an address. After: what the reader chose as `Choices`, each choice in the address by id and kept from page to
page, and the snapshot held that the address pins. A copied address shows the same view.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import frames
from dashboard.choices import (
    carry,
    choose,
    choose_day,
    choose_switch,
    find_day,
    get_kept,
    keep,
    keep_day,
    list_month_ends,
)
from dashboard.frames import ALL
from dashboard.i18n import format_day, t
from dashboard.keeping import keep_answers
from dashboard.questions import (
    DOMESTIC,
    FRONTIER,
    MATCHES,
    PUBLISHED,
    Choices,
    Row,
    list_cohort_options,
    list_evidence,
    list_matches,
)
from dashboard.words import label_scale
from warehouse import read

PIN = "snapshot"
FIRST = date(2023, 1, 1)
PARTS = {
    "cohorts": (DOMESTIC, FRONTIER), "domain": ("domain",), "scale": ("domain", "scale"), "evidence": ("evidence",),
    "match": ("match",), "as_of": ("as-of",), "known": ("known",),
}  # fmt: skip
"""What a page can be turned by, and the choices in the address that each part makes."""


def follow_pin() -> str | None:
    """Let this run show the snapshot that the address pins, and return its id; None: the current one."""
    pinned = get_kept(PIN)
    if pinned is not None:
        keep(PIN, pinned)
    frames.pin_snapshot(pinned)
    return pinned


def show_bar(snapshot: read.Snapshot, parts: Collection[str] = tuple(PARTS)) -> tuple[Choices, Row | None]:
    """Draw the bar and return the choices with the scale that they name; None where no scale has such evidence.

    `parts` are what the page can be turned by; a choice that it leaves out stays in the address, and is kept for other
    pages all the same. What is behind the button is drawn when it is opened: until then it is said in words.
    """
    chosen, scale = Choices(), None
    made = {name for part in parts for name in PARTS[part]}
    carry(name for part in PARTS for name in PARTS[part] if name not in made)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="bar"):
        if "cohorts" in parts:
            chosen = _choose_cohorts(snapshot, chosen)
        if "evidence" in parts:
            evidence = get_kept("evidence") or PUBLISHED
            chosen = replace(chosen, evidence=evidence if evidence in list_evidence(evidence) else PUBLISHED)
        if made & {"domain"}:
            chosen = _choose_domain(snapshot, chosen)
        if "scale" in parts:
            chosen, scale = _choose_scale(snapshot, chosen)
        more = st.popover(t("Date and evidence"), width="content", key="more", on_change="rerun")
        with more:
            chosen = _choose_more(snapshot, chosen, scale, parts, is_shown=more.open)
        st.caption(_say_more(chosen, snapshot, parts), width="content")
    return chosen, scale


def _choose_cohorts(snapshot: read.Snapshot, chosen: Choices) -> Choices:
    labels = {DOMESTIC: t("Whose distance"), FRONTIER: t("Held against")}
    sides = {
        side: choose(
            st.selectbox, side, label, list_cohort_options(snapshot, side), side,
            label_visibility="collapsed", width=195,
        )
        for side, label in labels.items()
    }  # fmt: skip
    return replace(chosen, **sides)


def _choose_domain(snapshot: read.Snapshot, chosen: Choices) -> Choices:
    domains = frames.list_domains(snapshot, chosen.evidence)
    hidden = {"label_visibility": "collapsed"}
    return replace(chosen, domain=choose(st.selectbox, "domain", t("Domain"), domains, ALL, width=150, **hidden))


def _choose_scale(snapshot: read.Snapshot, chosen: Choices) -> tuple[Choices, Row | None]:
    labels = _label_scales(snapshot, chosen.evidence, chosen.domain)
    if not labels:
        return chosen, None
    hidden = {"label_visibility": "collapsed"}
    scale_id = choose(st.selectbox, "scale", t("Scale"), labels, next(iter(labels)), width=245, **hidden)
    scales = frames.list_scales(snapshot, chosen.evidence, chosen.domain)
    return replace(chosen, scale_id=scale_id), next(scale for scale in scales if scale["scale_id"] == scale_id)


@keep_answers
def _label_scales(snapshot: read.Snapshot, evidence: str, domain: str) -> dict[str, str]:
    """Return the scales a reader may choose, id to label."""
    return {scale["scale_id"]: label_scale(scale) for scale in frames.list_scales(snapshot, evidence, domain)}


def _say_more(chosen: Choices, snapshot: read.Snapshot, parts: Collection[str]) -> str:
    """Return what stands behind the button, so that it can be read without opening it."""
    said = {
        "evidence": list_evidence(chosen.evidence)[chosen.evidence],
        "match": list_matches()[chosen.match],
        "as_of": t("as of {date}", date=format_day(chosen.as_of or snapshot.as_of)),
    }
    return " · ".join(word for part, word in said.items() if part in parts)


def _choose_more(
    snapshot: read.Snapshot, chosen: Choices, scale: Row | None, parts: Collection[str], *, is_shown: bool
) -> Choices:
    select = st.selectbox if is_shown else None
    if "evidence" in parts:
        evidence = choose(select, "evidence", t("Evidence"), list_evidence(chosen.evidence), PUBLISHED)
        chosen = replace(chosen, evidence=evidence)
    if "match" in parts:
        chosen = replace(chosen, match=choose(select, "match", t("Match rule"), list_matches(scale), MATCHES[0]))
    if "as_of" in parts:
        label = t("As of: models released by then")
        as_of = choose_day("as-of", label, snapshot.as_of, FIRST, is_shown=is_shown)
        chosen = replace(chosen, as_of=None if as_of == snapshot.as_of else as_of)
    if "known" in parts:
        known_then = choose_switch("known", t("Only figures that were public by then"), is_shown=is_shown)
        chosen = replace(chosen, known_then=known_then)
    if is_shown:
        _choose_pin(snapshot)
    return chosen


def show_day_slider(snapshot: read.Snapshot) -> None:
    """Draw a slider over the ends of the months, which sets the day that the bar's date stands at."""
    # A session keeps what its callbacks hold: never a snapshot, which would then stay open.
    key, day, newest = "slider-as-of", _read_as_of(snapshot), snapshot.as_of
    days = _list_days(snapshot)
    st.session_state[key] = day
    st.select_slider(
        t("As of: models released by then"), sorted({*days, day}), key=key,
        format_func=lambda day: days.get(day) or format_day(day),
        on_change=lambda: keep_day("as-of", st.session_state[key], newest),
    )  # fmt: skip


@keep_answers
def _list_days(snapshot: read.Snapshot) -> dict[date, str]:
    """Return the ends of the months and the day of the newest evidence, each with its words."""
    ends = list_month_ends(FIRST, snapshot.as_of)
    return {day: format_day(day) for day in (*ends, snapshot.as_of)}


def _read_as_of(snapshot: read.Snapshot) -> date:
    """Return the day that the bar's date stands at: the bar comes first on every page."""
    return find_day("as-of", snapshot.as_of, FIRST)


def _choose_pin(snapshot: read.Snapshot) -> None:
    """Offer to hold the address to the snapshot on show, so that the link keeps its figures when newer ones come."""
    key, shown = "choice-pin", snapshot.id
    st.session_state[key] = get_kept(PIN) is not None
    st.toggle(
        t("Pin the link to this snapshot"), key=key, help=shown,
        on_change=lambda: keep(PIN, shown if st.session_state[key] else None),
    )  # fmt: skip


def show_lost_pin(problem: str) -> None:
    """Say that the snapshot which the address pins is not kept any more, and offer the current one."""
    st.header(t("This link is pinned to a snapshot that is no longer kept"))
    st.text(problem)
    st.button(t("Show the current snapshot instead"), on_click=lambda: keep(PIN, None))
