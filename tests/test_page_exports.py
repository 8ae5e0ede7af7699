"""The charts of cost, comparison, claims, landscape, video and runs in every format, or with a reason why not."""

import csv
import json
from io import BytesIO, StringIO

import openpyxl
import pytest
from page_snapshot import BIDI, LINK, A, B, get_home
from PIL import Image
from pptx import Presentation

from collectors.errors import UsageError
from dashboard.chart_catalogue import CATALOGUE
from dashboard.chart_makers import MORE
from dashboard.data_table import tabulate_figure
from dashboard.export import FORMATS, export_chart, make_bundle
from warehouse import read

CHOICES = {"compare": {"a": A, "b": B}}
SLUGS = [entry.slug for entry in MORE if entry.slug != "claims"]
"""No claim of the snapshot speaks of months: that chart has nothing to draw there, and says so."""


@pytest.fixture(scope="module")
def snapshot():
    return read.open_current(get_home())


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("form", FORMATS)
def test_a_chart_is_written_twice_with_the_same_bytes(snapshot, slug, form):
    first, second = (export_chart(snapshot, slug, form, CHOICES.get(slug, {}), "en") for _ in range(2))
    assert first == second and first


@pytest.mark.parametrize("slug", SLUGS)
def test_its_own_library_opens_it_and_hostile_names_are_letters(snapshot, slug):
    made = {form: export_chart(snapshot, slug, form, CHOICES.get(slug, {}), "en") for form in FORMATS}
    assert Image.open(BytesIO(made["png"])).width == 2 * (CATALOGUE[slug].width + 32)
    rows = list(csv.reader(StringIO(made["csv"].decode("utf-8-sig"))))
    assert not any(cell.startswith(("=", "@")) for row in rows for cell in row)
    assert openpyxl.load_workbook(BytesIO(made["xlsx"])).sheetnames
    assert len(Presentation(BytesIO(made["pptx"])).slides) == 1
    assert json.loads(made["json"])["slug"] == slug
    for form in ("svg", "html"):
        assert LINK.encode() not in made[form] and BIDI.encode() not in made[form]


@pytest.mark.parametrize("slug", SLUGS)
def test_its_table_has_a_row_for_every_mark_that_speaks(snapshot, slug):
    table = tabulate_figure(make_bundle(snapshot, slug, CHOICES.get(slug, {}), "en").figure)
    assert len(table) and "&lt;" not in table.to_string(max_colwidth=None)


@pytest.mark.parametrize("slug", ["outcomes", "compare"])
def test_places_of_rows_are_no_numbers_of_the_table(snapshot, slug):
    table = tabulate_figure(make_bundle(snapshot, slug, CHOICES.get(slug, {}), "en").figure)
    assert "Horizontal axis" in table and "Vertical axis" not in table


def test_the_table_of_drift_says_score_and_protocol_as_the_chart_does(snapshot):
    row = tabulate_figure(make_bundle(snapshot, "drift", {}, "en").figure).iloc[0]
    assert row["Value"] == "66.7%" and row["Details"].startswith("protocol ")


def test_a_chart_without_anything_to_draw_says_so(snapshot):
    with pytest.raises(UsageError, match="no claim speaks of months"):
        export_chart(snapshot, "claims", "svg", {}, "en")
    with pytest.raises(UsageError, match="not measured twice; got 'beta'"):
        export_chart(snapshot, "drift", "svg", {"endpoint": "beta"}, "en")
    with pytest.raises(UsageError, match="two different models"):
        export_chart(snapshot, "compare", "svg", {"a": A, "b": A}, "en")
