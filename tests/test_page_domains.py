"""Domains and industries: a number or a reason in every cell; sections that nothing measures are shown as such."""

from datetime import date

import asked_snapshot
import pandas as pd
import pytest
from asked_snapshot import DOMAINS, get_figures, open_page

from dashboard.charts.anatomy import Caption
from dashboard.charts.domain_heat import plot_domain_heat, sort_names
from dashboard.charts.isic import plot_isic
from dashboard.data_table import tabulate_figure
from dashboard.frames_domains import read_heat, read_sections
from dashboard.questions import Choices
from warehouse import read

CAPTION = Caption("Title", "Subtitle", "Somebody (CC BY 4.0)", "a definition", date(2026, 1, 1), "modelgap-1")
CELLS = pd.DataFrame(
    [
        ("Coding", "index", "2025 Q1", 8.0, 6.0, None),
        ("Coding", "index", "2025 Q2", 4.0, 3.0, None),
        ("<a href=x>Arena</a>", "elo", "2025 Q1", None, None, "too few <records>"),
        ("<a href=x>Arena</a>", "elo", "2025 Q2", -40.0, -2.0, None),
        ("Writing", None, None, None, None, "nothing measures it"),
    ],
    columns=["name", "unit", "quarter", "gap_points", "lag_months", "guard"],
)


@pytest.fixture(autouse=True)
def home(monkeypatch):
    """Read the snapshot that has sections of industry."""
    monkeypatch.setenv("MODELGAP_HOME", str(asked_snapshot.get_home()))


@pytest.fixture
def snapshot():
    return read.open_current(asked_snapshot.get_home())


def get_notes(figure, name):
    return [note.text for note in figure.layout.annotations if note.name == name]


def get_cells(figure):
    return [shape for shape in figure.layout.shapes if shape.type == "rect"]


def test_every_cell_has_its_number_or_is_hatched():
    figure = plot_domain_heat(CELLS, CAPTION)
    assert sorted(get_notes(figure, "cell")) == ["4.0", "8.0", "−40.0"]
    assert len(get_cells(figure)) == 3
    assert len([trace for trace in figure.data if trace.name == "guarded"]) == 3


def test_colour_says_who_leads_and_how_much_of_the_largest_in_its_unit():
    fills = {shape.fillcolor for shape in get_cells(plot_domain_heat(CELLS, CAPTION))}
    assert fills == {"rgba(0, 114, 178, 0.62)", "rgba(0, 114, 178, 0.35)", "rgba(213, 94, 0, 0.62)"}


def test_months_share_one_scale_of_colour():
    fills = [shape.fillcolor for shape in get_cells(plot_domain_heat(CELLS, CAPTION, measure="lag_months"))]
    assert "rgba(0, 114, 178, 0.62)" in fills and "rgba(213, 94, 0, 0.62)" not in fills


def test_a_reason_is_written_where_there_is_room_and_said_on_hover_everywhere():
    figure = plot_domain_heat(CELLS, CAPTION)
    assert "too few &lt;records&gt;" in get_notes(figure, "reason")
    assert "nothing measures it" in get_notes(figure, "reason")
    hover = next(trace for trace in figure.data if trace.name == "cells")
    assert any("too few &lt;records&gt;" in row[2] for row in hover.customdata)
    assert not any("<a" in note.text for note in figure.layout.annotations)


def test_the_longest_lag_stands_first_and_what_is_not_measured_last():
    assert sort_names(CELLS, "gap_points") == ["Coding", "<a href=x>Arena</a>", "Writing"]


def test_a_phone_gets_the_last_quarters_only():
    many = pd.concat([CELLS[:1].assign(quarter=f"{year} Q{q}") for year in (2023, 2024) for q in (1, 2, 3, 4)])
    assert list(plot_domain_heat(many, CAPTION, width=358).layout.xaxis.ticktext)[-1] == "2024 Q4"
    assert len(get_cells(plot_domain_heat(many, CAPTION, width=358))) == 5
    assert len(get_cells(plot_domain_heat(many, CAPTION))) == 8


def test_as_many_quarters_are_named_as_have_the_room():
    many = pd.concat([CELLS[:1].assign(quarter=f"{year} Q{q}") for year in range(2021, 2025) for q in (1, 2, 3, 4)])
    assert len(plot_domain_heat(many, CAPTION, width=1360).layout.xaxis.ticktext) == 16
    assert plot_domain_heat(many, CAPTION, width=760).layout.xaxis.ticktext[-2:] == ("2024 Q2", "2024 Q4")


def test_the_heat_map_holds_the_series_at_the_end_of_each_quarter(snapshot):
    cells = read_heat(snapshot, Choices())
    coding = cells[cells["name"] == "Coding"]
    days = read.read_series(snapshot, "quiz").to_pandas()
    last = days[days["date"] == date(2025, 12, 31)].iloc[0]
    cell = coding[coding["quarter"] == "2025 Q4"].iloc[0]
    assert (last["guards"].size > 0) == bool(cell["guard"])
    if not cell["guard"]:
        assert cell["gap_points"] == pytest.approx(last["gap_points"] * 100)
    assert coding["quarter"].iloc[-1] == f"{snapshot.as_of.year} Q{(snapshot.as_of.month + 2) // 3}"
    assert list(cells.loc[cells["quarter"].isna(), "guard"]) == ["nothing measures it"]


def test_other_choices_are_worked_out_for_the_heat_map_too(snapshot):
    whole, part = (read_heat(snapshot, choices) for choices in (Choices(), Choices(as_of=date(2025, 6, 30))))
    assert part["quarter"].dropna().max() == "2025 Q2" < whole["quarter"].dropna().max()


def test_a_section_has_its_gap_its_guard_or_no_benchmark(snapshot):
    sections = read_sections(snapshot, Choices())
    assert dict(zip(sections["section"], sections["state"], strict=True)) == {"A": "measured", "B": "none"}
    assert sections["lag_months"].notna()[0] and sections["guard"][1] == "no benchmark"


SECTIONS = pd.DataFrame(
    [
        ("A", "Agriculture, forestry and fishing", "Farms", "fraction", "measured", "AgriBench", -2.0, -3.0, -1.0, 7.0,
         5.0, 9.0, None, "AgriBench, 2 items: <i>Soil</i>"),
        ("B", "<b>Mining</b>; quarrying", "<b>Mining</b>", None, "none", "", None, None, None, None, None, None,
         "no benchmark", ""),
        ("C", "Making", "Making", None, "registered", "exams", None, None, None, None, None, None,
         "no model scored yet", "exams"),
    ],
    columns=["section", "name", "short", "unit", "state", "instruments", "gap_points", "gap_ci90_low", "gap_ci90_high",
             "lag_months", "lag_ci90_low", "lag_ci90_high", "guard", "evidence"],
)  # fmt: skip


@pytest.mark.parametrize("width", [358, 1360])
def test_uncovered_sections_are_hatched_with_their_reason(width):
    figure = plot_isic(SECTIONS, CAPTION, width=width)
    assert len([trace for trace in figure.data if trace.name == "guarded"]) == 4, "gap and lag of two sections"
    assert get_notes(figure, "none") == ["no benchmark"] and get_notes(figure, "registered") == ["no model scored yet"]
    assert list(next(trace for trace in figure.data if trace.name == "gap_points").x) == [-2.0]
    assert list(next(trace for trace in figure.data if trace.name == "lag_months").x) == [7.0]
    assert get_notes(figure, "value") == ["−2.0", "7.0"]
    assert not any("<b>Mining" in note.text for note in figure.layout.annotations)


def test_the_table_of_sections_has_full_names_intervals_what_measures_them_and_why_not():
    table = tabulate_figure(plot_isic(SECTIONS, CAPTION))
    assert "Vertical axis" not in table
    assert table.loc[table["Series"] == "withheld", "Horizontal axis"].isna().all()
    rows = {(row["Name"], row["Value"], row["Details"]) for row in table.to_dict("records")}
    assert rows == {
        ("Agriculture, forestry and fishing", "−2.0 percentage points (90% interval −3.0 to −1.0)",
         "AgriBench, 2 items: <i>Soil</i>"),
        ("Agriculture, forestry and fishing", "7.0 months (90% interval 5.0 to 9.0)",
         "AgriBench, 2 items: <i>Soil</i>"),
        ("<b>Mining</b>; quarrying", "no benchmark", ""),
        ("Making", "no model scored yet", "exams"),
    }  # fmt: skip


def test_the_page_shows_both_figures_and_calls_an_exam_a_proxy():
    app = open_page(DOMAINS)
    assert not app.exception
    _, isic = get_figures(app)
    assert "an exam is a proxy" in " ".join(note["text"] for note in isic["layout"]["annotations"]).replace("<br>", " ")
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))


def test_the_measure_lives_in_the_address():
    texts = [note["text"] for note in get_figures(open_page(DOMAINS, measure="months"))[0]["layout"]["annotations"]]
    assert any("Standing lag in months" in text for text in texts)


def test_without_sections_the_page_still_stands(monkeypatch, tmp_path):
    import small_snapshot

    small_snapshot.make_snapshot(tmp_path / "bare", tmp_path / "registry")
    monkeypatch.setenv("MODELGAP_HOME", str(tmp_path / "bare"))
    app = open_page(DOMAINS)
    assert not app.exception and len(get_figures(app)) == 1
