"""Captions of the charts over all domains and industries.

Before: a snapshot and the reader's choices. After: plain sentences; whoever shows them escapes them.
"""

from dashboard.answers import count_domain_sources, get_day
from dashboard.captions import say_question, say_sources
from dashboard.charts.anatomy import Caption
from dashboard.frames_domains import count_section_sources, read_sections
from dashboard.i18n import t
from dashboard.questions import MEASURED, Choices, ask_of_all, list_evidence
from dashboard.words import name_rule
from warehouse import read


def say_choices(snapshot: read.Snapshot, choices: Choices) -> list[str]:
    """Return how the choices for a chart over all domains differ from those that pages open with."""
    measured = [list_evidence()[MEASURED]] if choices.evidence == MEASURED else []
    return [*say_question(snapshot, ask_of_all(choices)), *measured]


def caption_domains(snapshot: read.Snapshot, choices: Choices = Choices()) -> Caption:
    """Return the caption of the strip of domains."""
    question = ask_of_all(choices)
    rule = name_rule(question.match)
    subtitle = t("Frontier less domestic record, and standing lag ({rule}) · 90% intervals", rule=rule)
    return Caption(
        title=t("By domain"),
        subtitle=" · ".join([subtitle, *say_choices(snapshot, choices)]),
        sources=say_sources(snapshot, count_domain_sources(snapshot, choices), limit=2),
        definition=t("hatched: the evidence carries no number"),
        as_of=get_day(snapshot, question),
        snapshot=snapshot.id,
    )


def caption_heat(snapshot: read.Snapshot, choices: Choices, measure: str) -> Caption:
    """Return the caption of the gap by domain and quarter; `measure` is points or months."""
    question = ask_of_all(choices)
    subtitles = {
        "points": t("Frontier less domestic record at the end of each quarter · shaded within each unit"),
        "months": t("Standing lag in months at the end of each quarter, {rule}", rule=name_rule(question.match)),
    }
    return Caption(
        title=t("Domain by quarter"),
        subtitle=" · ".join([subtitles[measure], *say_choices(snapshot, choices)]),
        sources=say_sources(snapshot, count_domain_sources(snapshot, choices), limit=2),
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
        subtitle=" · ".join([*said, *say_choices(snapshot, choices)]),
        sources=say_sources(snapshot, count_section_sources(snapshot, choices), limit=2),
        definition=t(
            "score: share of right answers on one exam's items of the section; weak: they only touch its work"
        ),
        as_of=get_day(snapshot, question),
        snapshot=snapshot.id,
    )
