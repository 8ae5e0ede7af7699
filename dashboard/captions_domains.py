"""Captions of the page on domains and industries.

Before: a snapshot and the question that its figures answer. After: plain sentences; whoever shows them escapes them.
"""

from dashboard.answers import get_day
from dashboard.captions import say_question, say_sources
from dashboard.charts.anatomy import Caption
from dashboard.frames import count_domain_sources
from dashboard.frames_domains import count_section_sources, read_sections
from dashboard.i18n import t
from dashboard.questions import Choices, ask_of_all
from dashboard.words import name_rule
from warehouse import read


def caption_heat(snapshot: read.Snapshot, question: read.Question, measure: str) -> Caption:
    """Return the caption of the gap by domain and quarter; `measure` is points or months."""
    subtitles = {
        "points": t("Frontier less domestic record at the end of each quarter · shaded within each unit"),
        "months": t("Standing lag in months at the end of each quarter, {rule}", rule=name_rule(question.match)),
    }
    return Caption(
        title=t("Domain by quarter"),
        subtitle=" · ".join([subtitles[measure], *say_question(snapshot, question)]),
        sources=say_sources(snapshot, count_domain_sources(snapshot), limit=2),
        definition=t("models released by then, judged by today's figures"),
        as_of=get_day(snapshot, question),
        snapshot=snapshot.id,
    )


def caption_isic(snapshot: read.Snapshot, choices: Choices) -> Caption:
    """Return the caption of the sections of industry: how many are measured, by what, and that exams are a proxy."""
    sections, question = read_sections(snapshot, choices), ask_of_all(choices)
    covered, total = int((sections["state"] == "measured").sum()), len(sections)
    said = [
        t("{covered} of {total} sections have a benchmark that models were scored on", covered=covered, total=total),
        t("an exam is a proxy for the work"),
        t("Frontier less domestic record, and standing lag ({rule}) · 90% intervals", rule=name_rule(question.match)),
    ]
    return Caption(
        title=t("Industries: ISIC Rev. 5 sections, and what measures them"),
        subtitle=" · ".join([*said, *say_question(snapshot, question)]),
        sources=say_sources(snapshot, count_section_sources(snapshot, choices), limit=2),
        definition=t(
            "score: share of right answers on one exam's items of the section; weak: they only touch its work"
        ),
        as_of=get_day(snapshot, question),
        snapshot=snapshot.id,
    )
