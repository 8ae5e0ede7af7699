"""Captions: what they count is what is drawn, on all evidence, on a part of it, and as of an earlier day."""

from datetime import date

import pytest
from warehouse_kit import BENCHMARKS, build, land, published, write_registry
from yaml import safe_dump

from collectors.registry_loader import load_registry
from dashboard.answers import count_domain_sources, count_figures
from dashboard.captions import caption_lag, say_evidence
from dashboard.captions_domains import caption_domains
from dashboard.captions_more import caption_compare, caption_cost
from dashboard.frames_compare import ask_comparison, find_comparison
from dashboard.questions import Choices
from warehouse import read

SCORES = {"cathay/one": 0.40, "cathay/two": 0.62, "cathay/three": 0.71, "columbia/uno": 0.45, "columbia/dos": 0.70}
EXAMS = [f"exam-{number}" for number in range(5)]
VENDOR = {"origin": "vendor", "first_known_date": date(2025, 3, 1), "published_date": date(2025, 3, 1)}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """Five models on five exams by an independent board, of which four by their vendors on three exams too."""
    folder = tmp_path_factory.mktemp("captions")
    registry, home = write_registry(folder / "registry"), folder / "home"
    exams = [{"id": exam, "name": {"en": exam}, "domain": "knowledge", "chance_floor": 0} for exam in EXAMS]
    (registry / "benchmarks.yaml").write_text(safe_dump([*BENCHMARKS, *exams]), encoding="utf-8")
    rows = [
        published(model, score - 0.05 * place, benchmark=exam)
        for model, score in SCORES.items()
        for place, exam in enumerate(EXAMS)
    ]
    own = [
        published(model, score + 0.01 - 0.04 * place, benchmark=exam, **VENDOR)
        for model, score in list(SCORES.items())[:4]
        for place, exam in enumerate(EXAMS[:4])
    ]
    land(home, "published-board", rows)
    land(home, "published-vendors", own)
    return build(home, load_registry(bundled=registry))


def test_an_index_on_part_of_the_evidence_counts_what_that_fit_rests_on(snapshot):
    scale = read.find_scale(snapshot, "index")
    assert say_evidence(snapshot, scale).startswith("5 models on 5 benchmarks; of 41 published figures")
    vendor = read.Question(index="index", origins=("vendor",))
    words = "4 models on 4 benchmarks; of 16 published figures 100% vendors' own"
    assert say_evidence(snapshot, scale, vendor) == words
    assert words in caption_lag(snapshot, scale, vendor).subtitle
    assert words in caption_cost(snapshot, scale, vendor, "size").subtitle
    assert "Vendors' own figures only" in caption_cost(snapshot, scale, vendor, "size").subtitle


def test_an_index_of_the_figures_of_then_counts_those(snapshot):
    scale, then = read.find_scale(snapshot, "index"), read.Question(index="index", vintage=date(2025, 6, 1))
    assert (
        say_evidence(snapshot, scale, then)
        == "3 of 4 models on 4 benchmarks; of 16 published figures 100% vendors' own"
    )


def test_as_of_a_day_the_models_released_by_then_are_counted(snapshot):
    day = date(2025, 6, 1)
    scale = read.find_scale(snapshot, "index")
    assert say_evidence(snapshot, scale, read.Question(as_of=day)).startswith("4 of 5 models on 5 benchmarks;")
    exam = read.find_scale(snapshot, EXAMS[0])
    assert say_evidence(snapshot, exam, read.Question(benchmark=EXAMS[0], as_of=day)).startswith("4 models: ")
    assert sum(count_figures(snapshot, exam, read.Question(benchmark=EXAMS[0]), "origin").values()) == 5


def test_the_sources_of_a_chart_over_domains_are_those_of_the_evidence_chosen(snapshot):
    assert sum(count_domain_sources(snapshot, Choices()).values()) > 16
    narrowed = Choices(evidence="vendor")
    assert sum(count_domain_sources(snapshot, narrowed).values()) <= 4
    assert "Vendors' own figures only" in caption_domains(snapshot, narrowed).subtitle
    assert "Measured here" in caption_domains(snapshot, Choices(evidence="measured")).subtitle


def test_pairs_are_said_to_come_from_runs_or_imports(snapshot):
    question = ask_comparison(Choices(), ("cathay/one", "columbia/uno"))
    comparison, _ = find_comparison(snapshot, question, "all")
    assert "run here or imported" in caption_compare(snapshot, comparison, ("one", "uno")).definition
