"""Guards: each fires at its threshold and not before; lopsided evidence is caught in the published figures."""

import csv
from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
from stats_panels import STAIRS, make_panel

from warehouse.stats.guards import check_guards
from warehouse.stats.panel import StatsError

AS_OF = date(2025, 3, 1)


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
    for enough in (6, 10):  # more than half of the other's; or many enough in themselves
        benchmarks[3] = enough
        assert codes(make_panel(STAIRS), n_benchmarks=benchmarks) == []
    assert codes(make_panel(STAIRS), n_benchmarks=np.where(benchmarks == 10, 8, 40)) == []


def test_lopsided_where_one_blocs_evidence_is_much_later():
    rows = [*STAIRS, ("f5", "2025-05-03", 0.9, "frontier"), ("f6", "2025-05-04", 0.91, "frontier")]
    assert codes(make_panel(rows), date(2025, 5, 3)) == []
    assert codes(make_panel(rows), date(2025, 5, 4)) == [("lopsided", "domestic")]


def test_models_released_later_raise_no_guard():
    rows = [*STAIRS, ("f9", "2025-03-02", 0.99, "frontier")]
    assert codes(make_panel(rows), ceiling=1.0) == []


def test_counts_must_fit_the_models():
    with pytest.raises(StatsError, match="one count a model"):
        check_guards(make_panel(STAIRS), AS_OF, n_benchmarks=np.ones(3))


@pytest.fixture(scope="module")
def published(shared):
    """Return the published scores' rows (rival-reported ones out) and the text models by id."""
    with open(shared / "facts" / "models.csv") as file:
        models = {row["model_id"]: row for row in csv.DictReader(file) if row["modality"] != "video"}
    with open(shared / "facts" / "published_scores.csv") as file:
        rows = [row for row in csv.DictReader(file) if row["reporter_relation"] != "competitor"]
    return [row for row in rows if row["model_id"] in models], models


def cover(published, with_index_file: bool, at_least: int):
    """Return a panel of the models with that many benchmarks or more, and their numbers of benchmarks."""
    rows, models = published
    covered = defaultdict(set)
    for row in rows:
        if with_index_file or not row["source_name"].startswith("Epoch AI index file"):
            covered[row["model_id"]].add(row["benchmark_id"])
    kept = sorted(m for m in covered if models[m]["release_date"] and len(covered[m]) >= at_least)
    # The scores do not matter to this guard; by date, so that every model sets a record.
    panel = make_panel(
        [(m, models[m]["release_date"], count_date(models[m]["release_date"]), models[m]["bloc"]) for m in kept]
    )
    return panel, np.array([len(covered[m]) for m in kept])


def count_date(text: str) -> int:
    return date.fromisoformat(text).toordinal()


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
