"""The charts' own addresses: the same bytes as the command's, errors that help, caches that stay true."""

import pytest
import small_snapshot
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.chart_routes import ROUTES
from dashboard.export import FORMATS, export_chart
from warehouse import read


@pytest.fixture
def home(tmp_path, own_home):
    small_snapshot.make_snapshot(tmp_path / "home", tmp_path / "registry")
    return tmp_path / "home"


@pytest.fixture
def client():
    return TestClient(Starlette(routes=ROUTES))


@pytest.mark.parametrize("form", FORMATS)
def test_an_address_answers_with_the_bytes_of_the_command(home, client, form):
    answer = client.get(f"/chart/records.{form}?scale=quiz&as-of=2025-12-31")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMATS[form].media_type
    choices = {"scale": "quiz", "as-of": "2025-12-31"}
    assert answer.content == export_chart(read.open_current(home), "records", form, choices, "en")


def test_a_browser_shows_the_file_or_saves_it(home, client):
    shown, saved = (client.get(f"/chart/domains.svg{query}") for query in ("", "?download=yes"))
    assert shown.headers["content-disposition"].startswith('inline; filename="modelgap-domains-')
    assert saved.headers["content-disposition"].startswith('attachment; filename="modelgap-domains-')
    assert shown.content == saved.content


def test_a_slug_may_name_its_scale(home, client):
    answer = client.get("/chart/records-quiz.csv")
    assert answer.status_code == 200 and b"score_percent" in answer.content
    assert "modelgap-records-quiz-" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/chart/nonsense.png", 404, "lag-over-time"),
        ("/chart/domains.exe", 404, "png"),
        ("/chart/domains.csv?scale=quiz", 400, "It takes"),
        ("/chart/lag-over-time.csv?as-of=soon", 400, "2025-06-30"),
        ("/chart/domains.csv?snapshot=gone", 404, "no longer kept"),
        ("/chart/domains.csv?lang=xx", 404, "en, zh"),
        (f"/chart/domains.csv?domestic={'x' * 700}", 400, "too long"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(home, client, address, status, said):
    answer = client.get(address)
    assert answer.status_code == status and said in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_without_a_snapshot_it_is_not_the_readers_fault(client):
    answer = client.get("/chart/domains.csv")
    assert answer.status_code == 503 and "modelgap build" in answer.text


def test_an_unchanged_chart_is_not_drawn_again(home, client):
    first = client.get("/chart/domains.csv")
    again = client.get("/chart/domains.csv", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    assert first.headers["cache-control"] == "no-cache"
    pinned = client.get(f"/chart/domains.csv?snapshot={read.open_current(home).id}")
    assert "immutable" in pinned.headers["cache-control"] and pinned.content == first.content


def test_a_new_snapshot_is_answered_and_the_pinned_one_kept(home, client, tmp_path):
    before = client.get("/chart/records.csv")
    pin = read.open_current(home).id
    small_snapshot.land_more(home)
    small_snapshot.build(home, tmp_path / "registry")
    after = client.get("/chart/records.csv", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200 and after.content != before.content
    assert client.get(f"/chart/records.csv?snapshot={pin}").content == before.content
