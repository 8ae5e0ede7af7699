"""A figure that its source prints again stands once, with its first day; one that changed is new each time."""

from datetime import date

import pytest
from warehouse_kit import build, land, make_registry, published

from warehouse.read import read_freshness


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path):
    return make_registry(tmp_path / "registry")


def on(day: str, score: float, **fields) -> dict:
    return published("cathay/one", score, published_date=date.fromisoformat(day), first_known_date=None, **fields)


def list_standing(home, registry) -> list[tuple]:
    rows = build(home, registry).rows(
        "SELECT run, score, published_date FROM score ORDER BY published_date, run, score"
    )
    return [(row["run"], row["score"], row["published_date"].isoformat()) for row in rows]


def test_the_first_stands_and_the_repeat_is_refused_with_its_reason(home, registry):
    land(home, "import-a", [on("2026-01-01", 0.5)])
    land(home, "import-b", [on("2026-02-01", 0.5), on("2026-02-01", 0.6, setting="other")])
    assert list_standing(home, registry) == [("import-a", 0.5, "2026-01-01"), ("import-b", 0.6, "2026-02-01")]
    (reject,) = build(home, registry).rows("FROM reject")
    assert (reject["reason"], reject["run"]) == ("figure is already known", "import-b")
    assert reject["detail"] == "cathay/one on quiz: 0.5, in run import-a"


def test_what_comes_along_goes_before_an_import_of_the_same_day(home, registry):
    land(home, "import-a", [on("2026-01-01", 0.5)])
    land(home, "published-board", [on("2026-01-01", 0.5)])
    assert list_standing(home, registry) == [("published-board", 0.5, "2026-01-01")]


def test_a_figure_that_changed_and_changed_back_is_new_each_time(home, registry):
    for run, day, score in (("a", "2026-01-01", 0.5), ("b", "2026-02-01", 0.6), ("c", "2026-03-01", 0.5)):
        land(home, f"import-{run}", [on(day, score)])
    assert [row[1] for row in list_standing(home, registry)] == [0.5, 0.6, 0.5]


def test_a_third_repeat_names_the_run_that_stands(home, registry):
    for run, day in (("a", "2026-01-01"), ("b", "2026-02-01"), ("c", "2026-03-01")):
        land(home, f"import-{run}", [on(day, 0.5)])
    assert len(list_standing(home, registry)) == 1
    assert {row["detail"][-8:] for row in build(home, registry).rows("FROM reject")} == {"import-a"}


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "other"},
        {"reported_by": "somebody else"},
        {"effort": "high"},
        {"setting": "3-shot"},
        {"subtask": "part"},
        {"origin": "leaderboard", "reported_by": "the board"},
    ],
)
def test_another_source_reporter_effort_setting_or_part_is_another_figure(home, registry, fields):
    land(home, "import-a", [on("2026-01-01", 0.5)])
    land(home, "import-b", [on("2026-02-01", 0.5, **fields)])
    assert len(list_standing(home, registry)) == 2


def test_two_values_within_one_run_both_stand(home, registry):
    land(home, "import-a", [on("2026-01-01", 0.5), on("2026-02-01", 0.5)])
    assert len(list_standing(home, registry)) == 2
    land(home, "import-b", [on("2026-03-01", 0.9)])
    assert len(list_standing(home, registry)) == 3


def test_ratings_repeat_on_one_board_by_another_mirror_however_they_are_printed(home, registry):
    def rate(mirror: str, score: float, setting: str) -> dict:
        return on("2026-01-01", score, benchmark="votes", board=f"arena/{mirror}/style/2026-01-01", setting=setting)

    land(home, "published-board", [rate("one", 1157.3, "cathay one; style")])
    land(home, "import-b", [rate("two", 1157.0, "cathay one; overall, style"), rate("two", 1200.0, "another name")])
    assert [row[1] for row in list_standing(home, registry)] == [1200.0, 1157.3]


def test_logs_of_a_harness_are_measurements_of_their_own(home, registry):
    log = on("2026-01-01", 0.5)
    log["protocol"]["harness"] = "lm-eval"
    land(home, "import-a", [log])
    land(home, "import-b", [log | {"published_date": "2026-02-01"}])
    assert len(list_standing(home, registry)) == 2


def test_the_same_figure_by_two_sources_counts_once_for_the_model(home, registry):
    day = "2026-01-01"
    rows = [on(day, score, reported_by=who) for score, who in ((0.5, "A"), (0.6, "B"), (0.7, "C"))]
    land(home, "import-a", rows)
    land(home, "import-b", [rows[0] | {"source": "other"}])
    (point,) = build(home, registry).rows("FROM point WHERE model = 'cathay/one' AND scale_id = 'quiz'")
    assert (point["score"], point["n_figures"]) == (0.6, 3)


def test_a_source_is_due_by_the_day_of_what_was_imported_since(home, registry):
    land(home, "published-board", [on("2026-01-01", 0.5)], source="board", finished_at="2026-01-01T00:00:00Z")
    (row,) = read_freshness(build(home, registry), date(2026, 4, 1))
    assert row["due_date"] == date(2026, 1, 31)
    land(home, "import-b", [on("2026-03-01", 0.6)], source="board", finished_at="2026-03-01T00:00:00Z")
    (row,) = read_freshness(build(home, registry), date(2026, 4, 1))
    assert (row["due_date"], row["is_overdue"]) == (date(2026, 3, 31), True)
