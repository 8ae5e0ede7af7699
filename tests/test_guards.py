"""Guards: each fires at its threshold and not before; lopsided evidence is caught in the published figures."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from stats_panels import STAIRS, make_panel

import collectors
from collectors.registry_loader import load_registry
from warehouse.stats.guards import check_guards, trace_guards
from warehouse.stats.panel import StatsError

AS_OF = date(2025, 3, 1)
PUBLISHED = Path(collectors.__file__).parent / "published"


def codes(panel, as_of=AS_OF, **scale):
    return [(guard.code, guard.bloc) for guard in check_guards(panel, as_of, **scale)]


def test_sound_evidence_raises_no_guard():
    covered = np.full(len(STAIRS), 20)
    assert codes(make_panel(STAIRS), chance_floor=0.25, ceiling=1.0, n_benchmarks=covered) == []


@pytest.mark.parametrize("bloc", ["domestic", "frontier"])
def test_an_empty_cohort_is_fatal(bloc):
    rows = [row for row in STAIRS if row[3] != bloc]
    (guard,) = check_guards(make_panel(rows), AS_OF)
    assert (guard.code, guard.bloc, guard.is_fatal) == ("no_models", bloc, True)
    assert codes(make_panel(STAIRS), date(2022, 1, 1)) == [("no_models", "domestic"), ("no_models", "frontier")]


def test_fewer_than_three_records():
    assert ("few_records", "domestic") in codes(make_panel([*STAIRS[:4], *STAIRS[-2:]]))
    assert codes(make_panel([*STAIRS[:4], *STAIRS[-3:]])) == []
    # A third model that sets no record does not help.
    flat = [*STAIRS[:4], *STAIRS[-2:], ("d0", "2025-02-01", 0.1, "domestic")]
    assert codes(make_panel(flat)) == [("few_records", "domestic")]


def test_stale_from_183_days_on():
    newest = date(2024, 12, 1)  # the frontier's; the newest domestic model came out a month later
    assert codes(make_panel(STAIRS), newest + timedelta(182)) == []
    assert codes(make_panel(STAIRS), newest + timedelta(183)) == [("stale", "frontier")]
    (guard,) = check_guards(make_panel(STAIRS), newest + timedelta(183))
    assert guard.message == "the newest frontier model tested is 183 days old, limit 182"


def test_saturated_above_95_percent_of_the_ceiling():
    rows = [*STAIRS, ("f5", "2025-02-01", 0.951, "frontier")]
    assert codes(make_panel(rows), ceiling=1.0) == [("saturated", "frontier")]
    assert codes(make_panel(rows), ceiling=1.01) == []
    assert codes(make_panel(rows)) == []  # a scale without a ceiling


def test_near_chance_below_five_points_above_it():
    assert codes(make_panel(STAIRS), chance_floor=0.66, ceiling=1.0) == [("near_chance", "domestic")]
    assert codes(make_panel(STAIRS), chance_floor=0.64, ceiling=1.0) == []
    percent = make_panel([(model, day, 100 * score, bloc) for model, day, score, bloc in STAIRS])
    assert codes(percent, chance_floor=66, ceiling=100) == [("near_chance", "domestic")]


def test_lopsided_where_one_blocs_newest_models_are_thinly_covered():
    benchmarks = np.array([20, 20, 20, 3, 20, 20, 9, 12])  # the frontier's only recent model, f4, rests on 3
    (guard,) = check_guards(make_panel(STAIRS), AS_OF, n_benchmarks=benchmarks)
    assert (guard.code, guard.bloc) == ("lopsided", "frontier")
    assert guard.message == "the newest frontier models rest on 3.0 benchmarks each, the newest domestic ones on 10.5"
    benchmarks[3] = 6  # many enough in themselves
    assert codes(make_panel(STAIRS), n_benchmarks=benchmarks) == []
    # 5 is over 60% of the domestic mean of 8, and under 60% of 8.5.
    assert codes(make_panel(STAIRS), n_benchmarks=np.array([20, 20, 20, 5, 20, 20, 8, 8])) == []
    assert codes(make_panel(STAIRS), n_benchmarks=np.array([20, 20, 20, 5, 20, 20, 8, 9])) == [("lopsided", "frontier")]


def test_coverage_is_that_of_the_three_best_covered_recent_models():
    rows = [*STAIRS, *((f"f{i}", "2025-02-01", 0.1, "frontier") for i in range(5, 9))]
    benchmarks = np.array([20, 20, 20, 7, 20, 20, 9, 12, 6, 5, 1, 1])  # of f4 to f8: 7, 6, 5, and not 1, 1
    assert codes(make_panel(rows), n_benchmarks=benchmarks) == []
    benchmarks[8] = 5
    assert codes(make_panel(rows), n_benchmarks=benchmarks) == [("lopsided", "frontier")]


def test_lopsided_where_one_blocs_evidence_is_much_later():
    rows = [*STAIRS, ("f5", "2025-04-02", 0.9, "frontier"), ("f6", "2025-04-03", 0.91, "frontier")]
    assert codes(make_panel(rows), date(2025, 4, 2)) == []
    assert codes(make_panel(rows), date(2025, 4, 3)) == [("lopsided", "domestic")]


def test_guards_of_a_series_are_those_of_its_days():
    start = date(2025, 5, 28)
    days = trace_guards(make_panel(STAIRS), start, start + timedelta(9))
    assert [len(guards) for guards in days] == [0] * 5 + [1] * 5
    assert days[5] == check_guards(make_panel(STAIRS), start + timedelta(5))


def test_models_released_later_raise_no_guard():
    rows = [*STAIRS, ("f9", "2025-03-02", 0.99, "frontier")]
    assert codes(make_panel(rows), ceiling=1.0) == []


def test_counts_must_fit_the_models():
    with pytest.raises(StatsError, match="one count a model"):
        check_guards(make_panel(STAIRS), AS_OF, n_benchmarks=np.ones(3))


@pytest.fixture(scope="module")
def published():
    """Return the bundled published scores, by source (what vendors print of their rivals is out), and the registry."""
    rows = []
    for path in sorted(PUBLISHED.glob("*.csv")):
        with open(path, encoding="utf-8") as file:
            rows += [(path.stem, row) for row in csv.DictReader(file) if row["unit"] == "fraction"]
    return [(source, row) for source, row in rows if row["reporter_relation"] != "competitor"], load_registry()


def cover(published, with_index_file: bool, at_least: int):
    """Return a panel of the models with that many benchmarks or more, and their numbers of benchmarks."""
    rows, registry = published
    covered = defaultdict(set)
    for source, row in rows:
        if with_index_file or source != "epoch-eci":
            covered[row["model"]].add(row["benchmark"])
    dates = {model: registry.models[model].release_date for model in covered}
    kept = sorted(model for model in covered if dates[model] and len(covered[model]) >= at_least)
    # The scores do not matter to this guard; by date, so that every model sets a record.
    panel = make_panel([(m, dates[m], dates[m].toordinal(), registry.bloc_of(m)) for m in kept])
    return panel, np.array([len(covered[m]) for m in kept])


@pytest.mark.parametrize("at_least", [1, 2, 3, 4])
def test_published_figures_without_the_index_file_are_guarded_throughout_2026(published, at_least):
    panel, benchmarks = cover(published, with_index_file=False, at_least=at_least)
    for day in range(0, 280, 3):
        found = check_guards(panel, date(2026, 1, 1) + timedelta(day), n_benchmarks=benchmarks)
        assert {guard.bloc for guard in found if guard.code in ("lopsided", "stale")} == {"frontier"}, day


@pytest.mark.parametrize("at_least", [1, 2, 3, 4])
def test_all_published_figures_are_not_guarded_since_october_2023(published, at_least):
    panel, benchmarks = cover(published, with_index_file=True, at_least=at_least)
    for day in range(0, 1100, 7):
        as_of = date(2023, 10, 1) + timedelta(day)
        assert check_guards(panel, as_of, n_benchmarks=benchmarks) == [], as_of
