"""The operations page: last and next run, how calls ended, drift with breaks, refused rows, simulated marked so."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from page_snapshot import assert_inert, get_figures, get_home, get_notes, get_words, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.drift import plot_drift, split_protocols
from dashboard.charts.outcomes import plot_outcomes
from dashboard.frames_runs import (
    OUTCOMES,
    find_next,
    list_kept_runs,
    list_repeated,
    name_outcome,
    read_drift,
    read_outcomes,
    table_endpoints,
    table_rejects,
)
from dashboard.questions import Choices
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "our own runs", "a definition", date(2026, 1, 1), "modelgap-1")
NAMES = {outcome: name_outcome(outcome) for outcome in OUTCOMES}
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
SCHEDULED = {"retired_on": None, "cron": "0 3 * * 1", "timezone": "Asia/Shanghai"}


@pytest.fixture
def snapshot():
    return read.open_current(get_home())


def test_the_next_run_is_read_as_cron_reads_it_in_the_suites_time_zone():
    assert find_next(SCHEDULED, NOW) == datetime(2026, 1, 25, 19, tzinfo=UTC)
    assert find_next(SCHEDULED | {"retired_on": date(2026, 1, 1)}, NOW) is None
    assert find_next(SCHEDULED | {"cron": None}, NOW) is None
    assert find_next(SCHEDULED | {"cron": "0 3 * * 9"}, NOW) is None


def test_endpoints_with_a_run_come_with_its_health_and_the_next(snapshot):
    frame = table_endpoints(snapshot, NOW, has_run=True).set_index("Endpoint")
    assert set(frame.index) == {"alpha", "beta", "chance (simulated)"}
    assert frame.loc["alpha", "Last run (UTC)"] == "2026-01-19 12:00"
    assert frame.loc["alpha", "Next run (UTC)"] == "2026-01-25 19:00"
    assert frame.loc["chance (simulated)", "Status"] == "incomplete: in no figure"
    assert frame.loc["chance (simulated)", "Next run (UTC)"] == "not scheduled"
    assert pd.isna(frame.loc["beta", "Cost, USD"])
    assert list(table_endpoints(snapshot, NOW, has_run=False)["Endpoint"]) == ["unused"]


@pytest.mark.parametrize("width", [1360, 358])
def test_outcomes_are_shares_and_failures_are_written_out(snapshot, width):
    figure = plot_outcomes(read_outcomes(snapshot), NAMES, CAPTION, width=width)
    parts = {trace.name: trace for trace in figure.data}
    assert set(parts) == {"answered", "timeout"}
    assert sorted(parts["timeout"].x) == [0, 0, 0, 0, 25.0]
    assert {a + b for a, b in zip(parts["timeout"].x, parts["answered"].x, strict=True)} == {100.0}
    assert parts["timeout"].marker.pattern.shape and not parts["answered"].marker.pattern.shape
    if width > 560:
        notes = [note.text for note in figure.layout.annotations]
        assert "incomplete, 4 calls, 1 timeout" in notes
        assert any("chance (simulated)" in note for note in notes)


def test_a_line_breaks_where_the_protocol_changes(snapshot):
    drift = read_drift(snapshot)
    sums = drift[(drift["endpoint"] == "alpha") & (drift["task"] == "sums-en")]
    assert [len(piece) for piece in split_protocols(sums)] == [2, 1]
    figure = plot_drift(sums, CAPTION)
    assert [len(trace.x) for trace in figure.data if trace.name == "score"] == [2, 1]
    assert sum(note.text == "╱╱" for note in figure.layout.annotations) == 1


def test_the_interval_is_a_bar_and_absent_where_no_standard_error_is_known(snapshot):
    drift = read_drift(snapshot)
    one = drift[drift["endpoint"] == "beta"].assign(stderr=None)
    assert all(not trace.x for trace in plot_drift(one, CAPTION, width=358).data if trace.name == "interval")


def test_only_what_was_measured_twice_can_drift(snapshot):
    drift = read_drift(snapshot)
    assert list_repeated(drift) == {"alpha": "alpha"}
    assert list_repeated(drift[drift["endpoint"] == "beta"]) == {}


def test_refused_rows_say_why(snapshot):
    frame = table_rejects(snapshot)
    assert list(frame["In detail"]) == ["nobody/nothing"]


def test_the_page_shows_outcomes_and_drift_and_counts_incomplete_runs(monkeypatch):
    app = open_page(monkeypatch, "endpoints_and_runs")
    assert "5 runs, 1 of them incomplete" in get_words(app)
    assert_inert(app)
    drift = open_page(monkeypatch, "endpoints_and_runs", runs="drift")
    assert "How calls ended" in get_notes(get_figures(app)[0])
    assert "alpha against itself" in get_notes(get_figures(drift)[0])
    assert len(open_page(monkeypatch, "endpoints_and_runs", runs="rejects").dataframe[0].value) == 1


def test_cohort_domain_and_day_keep_runs(monkeypatch, snapshot):
    assert {row["endpoint"] for row in list_kept_runs(snapshot, Choices(domestic="cathay", frontier="domestic"))} == {
        "alpha"
    }
    assert len(list_kept_runs(snapshot, Choices(as_of=date(2026, 1, 5)))) == 2
    assert list_kept_runs(snapshot, Choices(domain="coding")) == []
    assert set(read_drift(snapshot, Choices(domain="knowledge"))["task"]) == {"exam-zh"}
    app = open_page(
        monkeypatch, "endpoints_and_runs", domestic="cathay", frontier="domestic", **{"as-of": "2026-01-05"}
    )
    assert "5 runs" not in get_words(app)
