"""Figures from hand-written frames: what they must say, what they must never draw."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts.anatomy import Caption, spread_labels, wrap_text
from dashboard.charts.domains import plot_domains, sort_domains
from dashboard.charts.labels import Label, get_box, get_step_boxes, place_labels
from dashboard.charts.lag_over_time import plot_lag
from dashboard.charts.records import Axis, plot_records
from dashboard.theme import BLOCS, escape_text

AS_OF = date(2026, 1, 1)
CAPTION = Caption(
    title="A benchmark: each bloc's record", subtitle="Accuracy in percent", sources="Somebody (CC BY 4.0)",
    definition="the record is the running best by release date", as_of=AS_OF, snapshot="modelgap-1",
)  # fmt: skip
MODELS = pd.DataFrame(
    [
        ("f/one", "One", "frontier", date(2024, 1, 1), 0.50, None, None, "independent", True),
        ("f/two", "Two", "frontier", date(2025, 1, 1), 0.80, None, None, "vendor", True),
        ("f/low", "Low", "frontier", date(2025, 3, 1), 0.40, None, None, "measured", False),
        ("d/eins", "Eins", "domestic", date(2024, 6, 1), 0.45, 0.40, 0.50, "measured", True),
        ("d/zwei", "Zwei", "domestic", date(2025, 6, 1), 0.70, 0.65, 0.75, "leaderboard", True),
        ("o/un", "Un", "other", date(2025, 2, 1), 0.60, None, None, "vendor", False),
        ("baseline/chance", "Chance", "baseline", None, 0.26, None, None, "measured", False),
        ("d/undated", "Undated", "domestic", None, 0.99, None, None, "vendor", False),
    ],
    columns=["model", "name", "bloc", "release_date", "score", "ci90_low", "ci90_high", "origin", "is_record"],
)
HOSTILE = ("<a href=javascript:alert(1)>x</a>", "=1+1", "![x](http://127.0.0.1:9/beacon.png)", "a\u202eb\u200bc")


def draw(models=MODELS, axis=None, caption=CAPTION):
    return plot_records(models, axis or Axis("fraction", chance_floor=0.25), caption)


def get_lines(figure, bloc):
    return [trace for trace in figure.data if trace.name == bloc and trace.mode == "lines"]


def get_texts(figure):
    return [note.text for note in figure.layout.annotations]


def get_points(figure, bloc):
    return next(trace for trace in figure.data if trace.name == bloc and trace.mode == "markers")


def test_a_record_is_a_step_held_to_the_as_of_date():
    for bloc, scores in (("frontier", [50, 80, 80]), ("domestic", [45, 70, 70])):
        (line,) = get_lines(draw(), bloc)
        assert list(line.y) == pytest.approx(scores)
        assert line.x[-1] == AS_OF.isoformat()
        assert line.line.shape == "hv"


def test_a_band_stands_only_where_the_interval_is_known():
    models = MODELS.assign(ci90_low=MODELS["ci90_low"].where(MODELS["model"] != "d/zwei"))
    (band,) = get_lines(draw(models), "domestic interval")
    assert list(band.x) == ["2024-06-01", "2025-06-01", "2025-06-01", "2024-06-01", None]
    assert list(band.y) == pytest.approx([40, 40, 50, 50, None])
    assert not get_lines(draw(), "frontier interval")[0].x


def test_blocs_differ_by_colour_dash_and_marker():
    figure = draw()
    assert (BLOCS["domestic"].color, BLOCS["frontier"].color, BLOCS["other"].color) == ("#D55E00", "#0072B2", "#666666")
    assert len({get_lines(figure, bloc)[-1].line.dash for bloc in ("domestic", "frontier")}) == 2
    assert [get_points(figure, bloc).marker.symbol for bloc in ("domestic", "frontier", "other")] == [
        "circle", "diamond", "square",
    ]  # fmt: skip


def test_what_a_vendor_published_is_hollow():
    fills = get_points(draw(), "frontier").marker.color
    assert [fill == "#ffffff" for fill in fills] == [False, True, False]


def test_the_baseline_is_a_labelled_line_and_no_point():
    figure = draw(MODELS.assign(release_date=MODELS["release_date"].fillna(date(2025, 1, 1))))
    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert all(trace.name != "baseline" and "Chance" not in str(trace.customdata) for trace in points)
    assert any("Chance (baseline, simulated)" in text for text in get_texts(figure))


def test_the_chance_floor_is_drawn_and_bounds_the_axis():
    figure = draw()
    assert any(shape.y0 == 25 for shape in figure.layout.shapes)
    assert 20 < figure.layout.yaxis.range[0] <= 25


def test_models_without_a_date_are_left_out():
    assert all("Undated" not in text for text in get_texts(draw()))
    assert len(get_points(draw(), "domestic").x) == 2


def test_record_models_carry_their_names_and_others_do_not():
    names = {note.text for note in draw().layout.annotations if note.name == "record"}
    assert names == {"One", "Two", "Eins", "Zwei"}


def test_the_line_ends_say_whose_they_are():
    assert {"<b>Frontier</b><br>80.0%", "<b>Domestic</b><br>70.0%"} <= set(get_texts(draw()))


def test_every_figure_carries_caption_and_two_line_footer():
    text = "\n".join(get_texts(draw())).replace("<br>", " ")
    assert "<b>A benchmark: each bloc's record</b>" in text
    assert "Accuracy in percent" in text
    assert "Source: Somebody (CC BY 4.0)" in text
    assert "the record is the running best by release date · as of 2026-01-01 · snapshot 1" in text


@pytest.mark.parametrize("unit", ["fraction", "elo", "index"])
def test_no_model_at_all_is_still_a_figure(unit):
    assert not [trace for trace in draw(MODELS[:0], Axis(unit)).data if trace.mode == "lines"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_letters(name):
    models = MODELS.assign(name=name)
    caption = Caption(name, name, name, name, AS_OF, name)
    figure = draw(models, caption=caption)
    shown = [*get_texts(figure), *(line for trace in figure.data for row in trace.customdata or () for line in row)]
    assert not any("<a" in text or "\u202e" in text or "\u200b" in text for text in shown)
    assert any(escape_text(name, limit=40) in text for text in shown)


def make_days(values, rule="point", low=None, high=None, guard=None):
    return pd.DataFrame(
        {
            "date": [AS_OF - timedelta(days=len(values) - 1 - i) for i in range(len(values))],
            "match_rule": rule, "lag_months": values, "ci90_low": low or values, "ci90_high": high or values,
            "guard": [guard if value is None else None for value in values],
        }
    )  # fmt: skip


def test_the_lag_axis_starts_at_zero_and_goes_below_it_where_domestic_leads():
    assert plot_lag(make_days([3.0, 4.0]), CAPTION).layout.yaxis.range[0] == 0
    figure = plot_lag(make_days([3.0, -4.0]), CAPTION)
    assert figure.layout.yaxis.range[0] < -4
    assert "below: domestic leads" in get_texts(figure)


def test_a_guarded_day_breaks_line_and_band_and_says_why():
    days = make_days([1.0, 2.0, None, None, None, 3.0, 4.0], guard="too few <records>")
    figure = plot_lag(days, CAPTION)
    line = next(trace for trace in figure.data if trace.name == "point")
    assert list(line.y) == [1, 2, None, None, None, 3, 4]
    assert line.connectgaps is False
    assert len([trace for trace in figure.data if trace.name == "point interval"]) == 2
    assert any(trace.name == "guarded" for trace in figure.data)
    assert any("too few &lt;records&gt;" in text for text in get_texts(figure))


def test_both_rules_end_in_a_label_and_only_the_first_has_a_band():
    days = pd.concat([make_days([5.0, 6.0]), make_days([2.0, 3.0], rule="tolerance:0.02")])
    figure = plot_lag(days, CAPTION)
    texts = " ".join(get_texts(figure))
    assert "6.0 months" in texts and "3.0 months" in texts and "at most 0.02 less" in texts
    assert {trace.name for trace in figure.data if "interval" in trace.name} == {"point interval"}
    dashes = {trace.name: trace.line.dash for trace in figure.data if "interval" not in trace.name}
    assert dashes["point"] != dashes["tolerance:0.02"]


DOMAINS = pd.DataFrame(
    [
        ("Coding", "index", 2.0, 1.0, 3.0, 4.0, 2.0, 6.0, None, "3 benchmarks"),
        ("Long <context>", "index", None, None, None, None, None, None, "too few records", "1 benchmark"),
        ("Mathematics", "index", 5.0, 4.0, 6.0, 8.0, 6.0, 9.0, None, "4 benchmarks"),
        ("Chinese", "index", -3.0, None, None, -2.0, None, None, None, "2 benchmarks"),
        ("Knowledge", "index", 0.5, 0.2, 0.9, None, None, None, "saturated", "2 benchmarks"),
    ],
    columns=["name", "unit", "gap_points", "gap_ci90_low", "gap_ci90_high", "lag_months", "lag_ci90_low",
             "lag_ci90_high", "guard", "evidence"],
)  # fmt: skip


def test_domains_are_sorted_by_lag_and_guarded_rows_come_last():
    assert list(sort_domains(DOMAINS)["name"]) == ["Mathematics", "Coding", "Chinese", "Knowledge", "Long <context>"]


def test_a_guarded_cell_is_hatched_with_its_reason():
    figure = plot_domains(DOMAINS, CAPTION)
    assert len([trace for trace in figure.data if trace.name == "guarded"]) == 3
    texts = get_texts(figure)
    assert texts.count("too few records") == 1 and texts.count("saturated") == 1
    assert any("Long &lt;context&gt;" in text for text in texts)


def test_a_lead_goes_left_of_zero_in_the_leaders_colour_and_unknown_intervals_are_hollow():
    lag = next(trace for trace in plot_domains(DOMAINS, CAPTION).data if trace.name == "lag_months")
    assert list(lag.x) == [8, 4, -2]
    assert list(lag.marker.symbol) == ["diamond", "diamond", "circle-open"]
    assert lag.marker.color[2] == BLOCS["domestic"].color and lag.marker.color[0] == BLOCS["frontier"].color


def test_gaps_in_different_units_share_no_axis():
    figure = plot_domains(DOMAINS.assign(unit=["index", None, "elo", "elo", "index"]), CAPTION)
    assert list(next(trace for trace in figure.data if trace.name == "gap_points").x) == [2.0, 0.5]
    assert {"5.0 rating points (4.0 to 6.0)", "−3.0 rating points", "gap, index points"} <= set(get_texts(figure))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 400)), max_size=25))
def test_no_label_covers_another_or_a_step(points):
    points = sorted(points)
    labels = [Label(x, y, "DeepSeek-V3", weight=x) for x, y in points]
    steps = get_step_boxes(points, 900)
    placed = place_labels(labels, 900, 400, 11, steps)
    boxes = [get_box(labels[i], place, 11) for i, place in placed.items()]
    for i, a in enumerate(boxes):
        for b in [*boxes[i + 1 :], *steps]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


def test_end_labels_move_apart_and_keep_their_order():
    low, high = spread_labels([100.0, 104.0], 30)
    assert high - low == pytest.approx(30)
    high, low = spread_labels([104.0, 100.0], 30)
    assert high - low == pytest.approx(30)


def test_text_wraps_at_spaces_and_is_escaped():
    assert wrap_text("one two <b>", 6 * 0.53 * 10 + 20, 10) == ["one two", "&lt;b&gt;"]


def test_an_address_is_broken_only_where_it_is_longer_than_a_line():
    address = "https://x.example/?a=1&b=2"
    assert wrap_text(f"see {address}", 150, 10) == ["see", address.replace("&", "&amp;")]
    assert wrap_text(f"see {address}", 100, 10) == ["see", "https://x.example/?", "a=1&amp;b=2"]
