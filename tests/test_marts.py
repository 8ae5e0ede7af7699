"""The marts: which score stands for a model, who holds a record since when, and how gap and lag follow."""

import random
from datetime import date, datetime, timedelta

import pytest
from warehouse_kit import AT, build, land, land_field, make_registry, measured, published

from warehouse.stats.lag import estimate_lag
from warehouse.stats.panel import MONTH_DAYS, Panel


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def registry(tmp_path):
    return make_registry(tmp_path / "registry")


def land_choice(home, *scores: dict) -> None:
    land(home, "choice", list(scores))


def figure(score: float, **fields) -> dict:
    return published("cathay/one", score, **fields)


VENDOR = {"origin": "vendor", "reporter_relation": "own"}
CASES = {
    "independent before leaderboard": ([figure(0.3), figure(0.4, origin="leaderboard")], 0.3),
    "leaderboard before the developer's own": ([figure(0.3, origin="leaderboard"), figure(0.4, **VENDOR)], 0.3),
    "own before unclassified": (
        [figure(0.3, **VENDOR), figure(0.4, origin="vendor", reporter_relation="unclassified")],
        0.3,
    ),
    "the newest": (
        [figure(0.3, published_date=date(2025, 2, 1)), figure(0.4, published_date=date(2025, 1, 1))],
        0.3,
    ),
    "origin before date": (
        [figure(0.3, published_date=date(2024, 1, 1)), figure(0.4, **VENDOR, published_date=date(2025, 1, 1))],
        0.3,
    ),
    "the lower median of three": ([figure(0.2), figure(0.3), figure(0.9)], 0.3),
    "the lower median of two": ([figure(0.9), figure(0.3)], 0.3),
    "the highest effort tier, not the highest score": ([figure(0.3, effort="high"), figure(0.4, effort="low")], 0.3),
    "tier before origin": ([figure(0.3, effort="high", **VENDOR), figure(0.4, effort="low")], 0.3),
    "base weights only where nothing else": ([figure(0.9, effort="base"), figure(0.3)], 0.3),
    "base weights where nothing else": ([figure(0.3, effort="base")], 0.3),
    "never a competitor's": ([figure(0.3, origin="vendor", reporter_relation="unclassified"),
                              figure(0.4, origin="vendor", reporter_relation="competitor")], 0.3),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_which_score_stands_for_a_model(home, registry, case):
    scores, expected = CASES[case]
    land_choice(home, *scores)
    (point,) = build(home, registry).rows("FROM point WHERE scale_id = 'quiz'")
    assert point["score"] == expected


def test_a_standing_score_is_one_that_somebody_published(home, registry):
    land_choice(home, figure(0.2, stderr=0.02), figure(0.3, stderr=0.03), figure(0.9, stderr=0.09))
    (point,) = build(home, registry).rows("FROM point")
    assert (point["score"], point["stderr"], point["n_figures"]) == (0.3, 0.03, 3)
    assert point["ci90_low"] == pytest.approx(0.3 - 1.6449 * 0.03, abs=1e-4)


def test_variants_stay_apart_until_one_stands(home, registry):
    land_choice(home, figure(0.3, effort="high"), figure(0.4, effort="low"))
    rows = build(home, registry).rows("SELECT variant, score FROM representative ORDER BY variant")
    assert rows == [{"variant": "cathay/one@high", "score": 0.3}, {"variant": "cathay/one@low", "score": 0.4}]


def test_only_a_competitors_figure_is_no_figure(home, registry):
    land_choice(home, figure(0.4, origin="vendor", reporter_relation="competitor"))
    snapshot = build(home, registry)
    assert snapshot.rows("FROM point") == []
    assert snapshot.meta["counts"]["score"] == 1


def test_measured_and_published_never_share_a_scale_nor_do_two_protocols(home, registry):
    land(home, "theirs", [published("cathay/one", 0.5, benchmark="sums")])
    for version, score in (("1", 0.6), ("2", 0.7)):
        scores = [measured("cathay/one", score, version=version)]
        land(home, f"ours-{version}", scores, kind="measured")
    rows = build(home, registry).rows("SELECT evidence, score, scale_id FROM point JOIN scale USING (scale_id)")
    assert sorted((row["evidence"], row["score"]) for row in rows) == [
        ("measured", 0.6),
        ("measured", 0.7),
        ("published", 0.5),
    ]
    assert len({row["scale_id"] for row in rows}) == 3


def test_the_newest_full_complete_measurement_stands(home, registry):
    def measure(run: str, score: float | None, day: int, **fields) -> None:
        at = datetime(2026, 1, day, tzinfo=AT.tzinfo)
        land(home, run, [measured("cathay/one", score, measured_at=at)], kind="measured", **fields)

    measure("old", 0.4, 1)
    measure("new", 0.5, 2)
    measure("part", 0.9, 3, limit=20)
    measure("broken", 0.8, 4, status="incomplete")
    measure("withheld", None, 5)
    (point,) = build(home, registry).rows("FROM point")
    assert point["score"] == 0.5


def test_subtasks_are_no_scores_of_the_benchmark(home, registry):
    scores = [measured("cathay/one", 0.5), measured("cathay/one", 0.9, subtask="fractions")]
    land(home, "ours", scores, kind="measured")
    snapshot = build(home, registry)
    assert [row["score"] for row in snapshot.rows("FROM point")] == [0.5]
    assert snapshot.meta["counts"]["score"] == 2


BOARDS = {
    "arena/leaderboard/text/no-style-control/2025-12-01": (date(2025, 12, 1), 3),
    "arena/leaderboard/text/style-control/2025-12-01": (date(2025, 12, 1), 3),
    "arena/leaderboard/text/style-control/2025-06-01": (date(2025, 6, 1), 3),
    "arena/page/text/style-control/2025-12-31": (date(2025, 12, 31), 1),
}


def test_a_rating_is_compared_on_its_board_and_the_newest_full_one_is_the_default(home, registry):
    models = ("cathay/one", "columbia/uno", "columbia/dos")
    scores = [
        published(model, 1000.0 + 10 * i, benchmark="votes", board=board, published_date=day)
        for board, (day, n) in BOARDS.items()
        for i, model in enumerate(models[:n])
    ]
    land(home, "votes", scores)
    snapshot = build(home, registry)
    rows = snapshot.rows("SELECT scale_id, is_default FROM scale ORDER BY scale_id")
    assert {row["scale_id"]: row["is_default"] for row in rows} == {
        "votes:no-style-control-2025-12-01": False,
        "votes:style-control-2025-06-01": False,
        "votes:style-control-2025-12-01": True,
        "votes:style-control-2025-12-31": False,
    }
    assert snapshot.rows("SELECT scale_id FROM domain_scale") == [{"scale_id": "votes:style-control-2025-12-01"}]


def test_records_are_the_running_best_by_release_date(home, registry):
    land_field(home)
    snapshot = build(home, registry)
    rows = snapshot.rows("FROM record WHERE scale_id = 'quiz' ORDER BY bloc, release_date")
    found = [(row["bloc"], row["model"], str(row["release_date"]), str(row["beaten_date"])) for row in rows]
    assert found == [
        ("domestic", "cathay/one", "2024-03-01", "2025-02-01"),
        ("domestic", "cathay/two", "2025-02-01", "2025-11-01"),
        ("domestic", "cathay/three", "2025-11-01", "None"),
        ("frontier", "columbia/uno", "2024-01-01", "2024-12-01"),
        ("frontier", "columbia/dos", "2024-12-01", "2025-10-01"),
        ("frontier", "columbia/tres", "2025-10-01", "None"),
        ("other", "europa/un", "2025-06-01", "None"),
    ]


def test_gap_and_lag_by_hand(home, registry):
    """Domestic 0.71 of 2025-11-01; the frontier first had as much with 0.80 on 2025-10-01; evidence to 2026-01-01."""
    land_field(home)
    snapshot = build(home, registry)
    (gap,) = snapshot.rows("FROM gap")
    (lag,) = snapshot.rows("FROM lag")
    assert gap["gap_points"] == pytest.approx(0.80 - 0.71)
    assert (lag["leads"], lag["record_lag_days"], lag["standing_lag_days"]) == ("frontier", 31, 92)
    assert lag["reached_by_model"] == "columbia/tres"


@pytest.mark.parametrize("seed", range(4))
def test_the_lag_mart_agrees_with_the_statistics(home, tmp_path, seed):
    """On random fields with ties in score and in date, leads and signs included."""
    chance = random.Random(seed)
    start = date(2024, 1, 1)
    names = {"cathay": "abcdefgh", "columbia": "abcdefgh"}
    developers = {
        developer: (
            country,
            {stem: str(start + timedelta(days=10 * chance.randrange(60))) for stem in names[developer]},
        )
        for developer, country in (("cathay", "CN"), ("columbia", "US"))
    }
    models = {f"{d}/{stem}": day for d, (_, stems) in developers.items() for stem, day in stems.items()}
    score = {model: chance.randrange(30, 45) / 50 for model in models}
    land(home, "random", [published(model, value) for model, value in score.items()])
    snapshot = build(home, make_registry(tmp_path / "random", developers))
    panel = Panel(
        models=tuple(models),
        release=list(models.values()),
        score=list(score.values()),
        domestic=[model.startswith("cathay") for model in models],
        frontier=[model.startswith("columbia") for model in models],
    )
    expected = estimate_lag(panel, snapshot.as_of)
    (lag,) = snapshot.rows("FROM lag")
    assert lag["leads"] == expected.leads
    assert lag["standing_lag_days"] / MONTH_DAYS == pytest.approx(expected.standing_months)
    assert lag["record_lag_days"] / MONTH_DAYS == pytest.approx(expected.record_months)


def test_the_evidence_ends_with_its_newest_figure_and_our_baselines_do_not_count(home, registry):
    land_field(home)
    land(home, "ours", [measured("baseline/chance", 0.1)], kind="measured")
    land(home, "typo", [published("europa/un", 0.5, benchmark="sums", published_date=date(2062, 1, 1))])
    assert build(home, registry).as_of == date(2026, 1, 1)


def test_coverage_counts_the_released_and_the_scored(home, registry):
    land_field(home)
    rows = build(home, registry).rows("FROM coverage WHERE bloc = 'domestic' AND domain IN ('knowledge', 'writing')")
    found = {(row["domain"], str(row["quarter"])): (row["n_released"], row["n_models"]) for row in rows}
    assert found == {
        ("knowledge", "2024-01-01"): (1, 1), ("knowledge", "2025-01-01"): (1, 1), ("knowledge", "2025-10-01"): (1, 1),
        ("writing", "2024-01-01"): (1, 0), ("writing", "2025-01-01"): (1, 0), ("writing", "2025-10-01"): (1, 0),
    }  # fmt: skip


def test_an_isic_section_that_nothing_measures_is_listed_with_zeros(home, registry):
    scores = [measured("cathay/one", 0.9, subtask="fractions"), measured("baseline/chance", 0.1, subtask="fractions")]
    land(home, "ours", [*scores, measured("cathay/two", 0.5)], kind="measured")
    rows = build(home, registry).rows("SELECT section, n_subtasks, instruments, n_models, n_scores FROM isic_coverage")
    assert rows == [
        {"section": "B", "n_subtasks": 0, "instruments": [], "n_models": 0, "n_scores": 0},
        {"section": "C", "n_subtasks": 1, "instruments": ["sums-en:fractions"], "n_models": 1, "n_scores": 1},
    ]


def test_every_sql_file_states_its_grain():
    from warehouse.build import HERE

    files = sorted(HERE.rglob("*.sql"))
    assert len(files) > 10
    assert [path.name for path in files if not path.read_text(encoding="utf-8").startswith("-- One row")] == []
