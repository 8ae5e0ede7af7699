"""Two models held against each other: which figures meet, what is averaged, and ModelBest's own table."""

import json
from datetime import UTC, date, datetime

import numpy as np
import pytest
from scipy.stats import t as student
from typer.testing import CliRunner

from collectors.errors import UsageError, WarehouseError
from collectors.published import land_published
from collectors.registry_loader import load_registry
from modelgap import app
from tests.warehouse_kit import build, land, make_registry, measured, published, sample
from warehouse.compare import compare_models, spread_over

A, B = "cathay/two", "columbia/dos"
ROW = {"benchmark", "domain", "a", "b", "difference", "stderr", "paired", "origin", "source"}


def compare(tmp_path, *runs, a=A, b=B, **known):
    for number, (scores, fields) in enumerate(runs):
        land(tmp_path / "home", f"run-{number}", scores, **fields)
    return compare_models(build(tmp_path / "home", make_registry(tmp_path / "registry")), a, b, **known)


def pair(a: float, b: float, benchmark="quiz", **fields) -> tuple[list[dict], dict]:
    return [published(A, a, benchmark=benchmark, **fields), published(B, b, benchmark=benchmark, **fields)], {}


def test_figures_of_one_reporter_meet_and_the_difference_is_first_minus_second(tmp_path):
    found = compare(tmp_path, pair(0.6, 0.7, reported_by="Board", stderr=0.03))
    row = found.to_document()["rows"][0]
    assert set(row) >= ROW
    assert (row["difference"], row["basis"], row["paired"]) == (pytest.approx(-0.1), "source", False)
    assert row["stderr"] == pytest.approx(0.03 * 2**0.5, abs=1e-6)
    assert (row["origin"], row["source"], row["reported_by"]) == ("independent", "board", "Board")
    assert compare(tmp_path, a=B, b=A).rows[0].gap.points == pytest.approx(0.1)


def test_a_developers_table_counts_for_its_rival_here_and_says_so(tmp_path):
    vendor = {"origin": "vendor", "reported_by": "Cathay"}
    rows = [
        published(A, 0.60, reporter_relation="own", **vendor),
        published(B, 0.50, reporter_relation="competitor", **vendor),
        published(B, 0.70, reported_by="Somebody else"),
    ]
    found = compare(tmp_path, (rows, {}))
    (row,) = found.rows
    assert (row.b, row.basis, row.figures["origin"]) == (0.50, "source", "vendor (own) / vendor (competitor)")
    assert row.standing == pytest.approx({"a": 0.60, "b": 0.70, "difference": -0.10})
    assert any("printed for its rival too: Cathay" in note for note in found.notes)


def test_an_independent_pair_goes_before_a_developers_and_a_third_partys_before_ones_own(tmp_path):
    vendor = {"origin": "vendor", "source": "board"}
    own = [
        published(A, 0.3, reporter_relation="own", reported_by="Cathay", **vendor),
        published(B, 0.1, reporter_relation="competitor", reported_by="Cathay", **vendor),
    ]
    third = [published(model, 0.5, reporter_relation="competitor", reported_by="X", **vendor) for model in (A, B)]
    assert compare(tmp_path / "1", (own, {}), (third, {})).rows[0].gap.points == 0
    independent = pair(0.6, 0.7, reported_by="Lab")
    assert compare(tmp_path / "2", (own, {}), (third, {}), independent).rows[0].figures["reported_by"] == "Lab"


def test_figures_of_different_reporters_are_shown_and_enter_no_mean(tmp_path):
    mixed = [published(A, 0.6, reported_by="One"), published(B, 0.7, reported_by="Other")]
    found = compare(tmp_path, (mixed, {}), pair(0.3, 0.2, "sums", reported_by="Board"))
    assert [(row.benchmark, row.basis) for row in found.rows] == [("quiz", "standing"), ("sums", "source")]
    assert [(mean.domain, mean.n_benchmarks) for mean in found.domains] == [("mathematics", 1)]
    assert found.overall.difference == pytest.approx(0.1)
    assert "1 of 2 rows hold figures of different reporters: left out of the means" in found.notes


def test_ratings_meet_on_the_newest_board_that_holds_both_and_enter_no_mean(tmp_path):
    old, new = date(2025, 1, 1), date(2025, 6, 1)
    boards = [
        (pair(1000.0, 1100.0, "votes", board="a/style-control/old", published_date=old, first_known_date=old)),
        (pair(1200.0, 1250.0, "votes", board="a/no-style-control/new", published_date=new, first_known_date=new)),
        (pair(1190.0, 1290.0, "votes", board="a/no-style-control/old", published_date=old, first_known_date=old)),
        ([published(A, 1300.0, benchmark="votes", board="a/text/newest")], {}),
    ]
    found = compare(tmp_path, *boards)
    assert [(row.unit, row.gap.points) for row in found.rows] == [("elo", -50.0)]
    assert (found.overall, found.domains) == (None, ())


def test_of_two_ratings_of_a_day_the_one_with_style_control_meets(tmp_path):
    boards = [pair(1000.0 + shift, 1100.0, "votes", board=f"a/{style}/today") for shift, style in
              ((0, "no-style-control"), (70, "style-control"))]  # fmt: skip
    assert compare(tmp_path, *boards).rows[0].gap.points == -30.0


def test_our_own_runs_meet_item_by_item_within_one_protocol(tmp_path):
    marks = {A: [1, 0, 0, 1, 1, 0, 0, 0], B: [1, 1, 0, 1, 1, 0, 1, 1]}
    runs = []
    for model, answers in marks.items():
        scores = [measured(model, sum(answers) / 8, stderr=0.17, n_samples=8)]
        samples = [sample(i, mark, doc_hash=str(i)) for i, mark in enumerate(answers)]
        known = {"kind": "measured", "endpoint": "e", "model": model, "tasks": ("sums-en",), "samples": samples}
        runs.append((scores, {**known, "started_at": datetime(2026, 1, 7, tzinfo=UTC)}))
    found = compare(tmp_path, *runs, pair(0.9, 0.1, "sums", reported_by="Board"))
    (row,) = found.rows
    differences = [a - b for a, b in zip(*marks.values(), strict=True)]
    residual = [value - sum(differences) / 8 for value in differences]
    assert (row.basis, row.gap.paired, row.gap.n_items) == ("items", True, 8)
    assert row.gap.points == pytest.approx(-3 / 8)
    assert row.gap.stderr == pytest.approx(sum(value**2 for value in residual) ** 0.5 / 8)
    assert row.p_holm == pytest.approx(row.gap.p_value)


def test_a_mean_has_the_benchmarks_errors_and_beside_it_the_spread_between_them(tmp_path):
    found = compare(
        tmp_path,
        pair(0.60, 0.50, "quiz", reported_by="Board", stderr=0.03),
        pair(0.40, 0.20, "sums", reported_by="Board", stderr=0.03),
    )
    assert found.overall.difference == pytest.approx(0.15)
    assert found.overall.stderr == pytest.approx((4 * 0.03**2) ** 0.5 / 2)
    assert found.overall.spread_ci90 is None  # two benchmarks tell no spread
    assert [row.p_holm >= row.gap.p_value for row in found.rows] == [True, True]


def test_the_spread_is_students_over_benchmarks():
    values = np.array([0.1, 0.3, -0.1])
    interval = spread_over(values)
    half = student.ppf(0.95, 2) * values.std(ddof=1) / 3**0.5
    assert (interval.low, interval.high) == pytest.approx((0.1 - half, 0.1 + half))


def test_a_vintage_leaves_out_what_was_not_known_to_be_public(tmp_path):
    late = {"reported_by": "Board", "first_known_date": date(2025, 6, 1)}
    runs = pair(0.6, 0.7, **late), pair(0.3, 0.2, "sums", reported_by="Board", first_known_date=date(2025, 1, 1))
    found = compare(tmp_path, *runs, known_by=date(2025, 3, 1))
    assert [row.benchmark for row in found.rows] == ["sums"]


@pytest.mark.parametrize(
    ("a", "b", "error", "words"),
    [
        ("cathay/tow", B, UsageError, "got 'cathay/tow'; closest: 'cathay/two'"),
        (A, A, UsageError, "two different models are needed"),
        (A, "columbia/tres", WarehouseError, "no benchmark has a figure of both"),
    ],
)
def test_what_cannot_be_compared_says_why(tmp_path, a, b, error, words):
    with pytest.raises(error, match=words):
        compare(tmp_path, pair(0.6, 0.7), a=a, b=b)


def test_minicpm_against_mistral_is_modelbests_table_and_labelled_so(tmp_path, monkeypatch):
    registry = load_registry()
    land_published(tmp_path / "all", registry)
    home = tmp_path / "home"
    (home / "landing").mkdir(parents=True)
    for name in ("vendor-openbmb", "vendor-mistralai", "helm"):
        for path in (tmp_path / "all" / "landing").glob(f"run=*{name}*"):
            path.rename(home / "landing" / path.name)
    build(home, registry)
    monkeypatch.setenv("MODELGAP_HOME", str(home))
    names = ["compare", "openbmb/minicpm-2b", "mistralai/mistral-7b"]
    document = json.loads(CliRunner().invoke(app, [*names, "--json"]).stdout)
    rows = {row["benchmark"]: (row["a"], row["b"]) for row in document["rows"]}
    assert rows.items() >= {
        "ceval": (0.5113, 0.4612), "mmlu": (0.5346, 0.6269), "humaneval": (0.5, 0.2744), "gsm8k": (0.5383, 0.3313)
    }.items()  # fmt: skip
    assert {row["origin"] for row in document["rows"]} == {"vendor (own) / vendor (competitor)"}
    domains = {mean["domain"]: mean["difference"] for mean in document["domains"]}
    assert all(domains[name] > 0.06 for name in ("chinese", "coding", "mathematics")) and domains["knowledge"] < 0
    assert document["overall"]["difference"] == pytest.approx(0.0354)
    table = CliRunner().invoke(app, names).stdout
    assert "51.13  46.12   +5.01" in table and "vendor (own) / vendor (competitor)  vendor-openbmb" in table
