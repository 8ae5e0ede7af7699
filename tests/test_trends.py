"""`gap --forecast`: from which records, with which intervals, and when there is none."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from modelgap import app
from tests.warehouse_kit import build, land, make_registry, published
from warehouse.gaps import measure_gap
from warehouse.trends import measure_trend

START = date(2023, 1, 1)
KEYS = ["slope_per_year", "ci90", "n_records", "first", "last", "forecast", "closing", "reason"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """Records every 90 days, twelve and ten; the domestic ones 180 days and, give or take 0.01, 0.08 behind."""
    folder = tmp_path_factory.mktemp("trends")
    days = [(START + timedelta(90 * k)).isoformat() for k in range(12)]
    developers = {
        "columbia": ("US", {f"u{k:02}": day for k, day in enumerate(days)}),
        "cathay": ("CN", {f"c{k:02}": day for k, day in enumerate(days[2:])}),
        "baseline": (None, {"chance": "2023-01-01"}),
    }
    rows = [published(f"columbia/u{k:02}", 0.30 + 0.04 * k, stderr=0.001) for k in range(12)]
    rows += [published(f"cathay/c{k:02}", 0.30 + 0.04 * k + 0.01 * (k % 2), stderr=0.001) for k in range(10)]
    land(folder / "home", "field", rows)
    return build(folder / "home", make_registry(folder / "registry", developers))


def test_the_trend_begins_where_both_cohorts_have_three_records(snapshot):
    trend = measure_trend(measure_gap(snapshot, benchmark="quiz", as_of=date(2025, 9, 17)))
    assert list(trend) == ["lag_months", "points"] and all(list(found) == KEYS for found in trend.values())
    points = trend["points"]
    # c02 of 2023-12-27 is the third domestic record
    assert (points["first"], points["last"], points["n_records"]) == ("2023-12-27", "2025-09-17", 8)
    assert points["ci90"][0] < points["slope_per_year"] < points["ci90"][1]
    ahead = points["forecast"]
    assert ahead["on"] == "2026-09-17" and ahead["ci90"][0] < ahead["value"] < ahead["ci90"][1]


def test_a_date_of_closing_comes_with_its_interval_or_with_a_reason(snapshot):
    for found in measure_trend(measure_gap(snapshot, benchmark="quiz", as_of=date(2025, 9, 17))).values():
        closing = found["closing"]
        assert (closing["on"] is None) == (closing["earliest"] is None) == (closing["latest"] is None)
        assert (closing["on"] is None) == (closing["reason"] is not None)


def test_there_is_no_trend_of_few_records_or_of_a_gap_that_is_withheld(snapshot):
    few = measure_trend(measure_gap(snapshot, benchmark="quiz", as_of=date(2024, 5, 1)))
    assert few["lag_months"]["slope_per_year"] is None
    assert "at least 5 records on different days are needed; got 2" in few["lag_months"]["reason"]
    withheld = measure_trend(measure_gap(snapshot, benchmark="quiz", as_of=date(2026, 9, 1)))
    assert "the newest domestic model tested is" in withheld["points"]["reason"]


def test_the_command_adds_the_trend_only_where_it_is_asked_for(snapshot, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(snapshot.path.parents[1]))
    asked = ["gap", "--benchmark", "quiz", "--as-of", "2025-09-17"]
    assert "trend" not in json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert set(json.loads(CliRunner().invoke(app, [*asked, "--json", "--forecast"]).stdout)["trend"]) == {
        "lag_months", "points"
    }  # fmt: skip
    assert "trend of the points gap in percentage points:" in CliRunner().invoke(app, [*asked, "--forecast"]).stdout


def test_a_vintage_says_how_many_figures_it_leaves_out(tmp_path):
    known = [published("cathay/one", 0.4), published("columbia/uno", 0.5, first_known_date=None)]
    land(tmp_path / "home", "field", known)
    snapshot = build(tmp_path / "home", make_registry(tmp_path / "registry"))
    found = measure_gap(snapshot, benchmark="quiz", vintage=date(2026, 1, 5))
    assert "1 of the 2 figures on models released by 2026-01-05 are left out: the day" in " ".join(found.notes)
    assert found.to_document()["n_models"] == {"domestic": 1, "frontier": 0}
    assert not any("left out" in note for note in measure_gap(snapshot, benchmark="quiz").notes)
