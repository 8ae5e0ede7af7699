"""Fetching: what changed only, within bounds, from where it was asked for; raw bytes kept once by checksum."""

import contextlib
import gzip
import hashlib
import json
import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from import_kit import get_home

from collectors.errors import FetchError, PayloadError
from collectors.importers import downloading, fetching
from collectors.importers.downloading import _check_redirect
from collectors.importers.fetching import Fetcher, list_files
from collectors.importers.raw_store import RawStore


class Site:
    """A server on loopback whose answers a test writes: `answers[path](headers)` gives status, headers, body."""

    def __init__(self):
        self.answers: dict[str, Callable] = {}
        self.asked: list[tuple[str, dict]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append((self.path, dict(self.headers)))
                status, headers, body = site.answers[self.path](dict(self.headers))
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, path: str, *answers: tuple[int, dict, bytes]) -> str:
        """Return the address of `path`, which gives these answers one after the other, the last for good."""
        queue = list(answers)
        self.answers[path] = lambda headers: queue.pop(0) if len(queue) > 1 else queue[0]
        return self.url + path


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(downloading, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(downloading, "LONGEST_WAIT_S", 0.02)
    found = Site()
    yield found
    found.server.shutdown()
    found.server.server_close()


def fetch(url: str, **fields):
    return Fetcher(get_home(), **fields).fetch(url)


def list_raw() -> list[str]:
    return sorted(path.name for path in (get_home() / "raw").glob("*"))


def test_a_file_is_kept_by_its_checksum_with_a_note(site):
    payload = fetch(site.serve("/data/eci.csv", (200, {"ETag": '"one"'}, b"a,b\n")))
    sha256 = hashlib.sha256(b"a,b\n").hexdigest()
    assert (payload.main.name, payload.main.sha256, payload.sha256) == ("eci.csv", sha256, sha256)
    assert payload.main.path.read_bytes() == b"a,b\n"
    assert list_raw() == [sha256, f"{sha256}.json"]
    note = json.loads((get_home() / "raw" / f"{sha256}.json").read_text())
    assert (note["place"], note["etag"]) == (site.url + "/data/eci.csv", '"one"')


def test_what_has_not_changed_is_not_sent_again(site):
    def answer(headers):
        if (
            headers.get("If-None-Match") == '"one"'
            and headers.get("If-Modified-Since") == "Mon, 10 Aug 2026 00:00:00 GMT"
        ):
            return 304, {"Content-Length": "0"}, b""
        return 200, {"ETag": '"one"', "Last-Modified": "Mon, 10 Aug 2026 00:00:00 GMT"}, b"rows"

    site.answers["/a.csv"] = answer
    first = fetch(site.url + "/a.csv", retrieved_on=date(2026, 8, 11))
    second = fetch(site.url + "/a.csv")
    assert second == first
    assert second.retrieved_on == date(2026, 8, 11)
    assert "If-None-Match" in site.asked[1][1]


def test_the_day_of_bytes_had_before_stays_the_first_however_they_come_again(site, tmp_path):
    first = fetch(site.serve("/a.csv", (200, {}, b"rows")), retrieved_on=date(2026, 8, 11))
    (tmp_path / "copy.csv").write_bytes(b"rows")
    again = fetch(str(tmp_path / "copy.csv"), retrieved_on=date(2026, 9, 9))
    assert (again.sha256, again.retrieved_on) == (first.sha256, date(2026, 8, 11))
    assert len(list_raw()) == 2


def test_a_file_is_dated_by_when_it_was_written_and_never_ahead_of_today(tmp_path):
    for name, day, expected in (("old", date(2025, 3, 1), date(2025, 3, 1)), ("ahead", date(2999, 1, 1), None)):
        path = tmp_path / name
        path.write_text(name)
        stamp = datetime.combine(day, time(12), UTC).timestamp()
        os.utime(path, (stamp, stamp))
        assert fetch(str(path)).retrieved_on == (expected or datetime.now(UTC).date())
        path.write_text(f"{name} again")
        os.utime(path, (stamp, stamp))
        assert fetch(str(path), retrieved_on=date(2026, 8, 11)).retrieved_on == date(2026, 8, 11)


def test_a_copy_on_disk_does_not_make_the_address_forgotten(site, tmp_path):
    url = site.serve("/a.csv", (200, {"ETag": '"1"'}, b"rows"), (304, {}, b""))
    fetch(url)
    (tmp_path / "copy.csv").write_bytes(b"rows")
    fetch(str(tmp_path / "copy.csv"))
    fetch(url)
    assert site.asked[-1][1]["If-None-Match"] == '"1"'


def test_a_lost_copy_is_fetched_in_full(site):
    url = site.serve("/a.csv", (200, {"ETag": '"one"'}, b"rows"))
    fetch(url).main.path.unlink()
    assert fetch(url).main.path.read_bytes() == b"rows"
    assert "If-None-Match" not in site.asked[1][1]


def test_a_failure_that_passes_is_tried_again(site):
    url = site.serve("/a", (503, {}, b""), (429, {"Retry-After": "0"}, b""), (200, {}, b"rows"))
    assert fetch(url).main.path.read_bytes() == b"rows"
    assert len(site.asked) == 3


def test_a_failure_that_stays_is_told_after_the_last_attempt(site):
    with pytest.raises(FetchError, match="HTTP 503"):
        fetch(site.serve("/a", (503, {}, b"")))
    assert len(site.asked) == downloading.ATTEMPTS
    assert not (get_home() / "raw").exists() or list_raw() == []


def test_a_page_that_is_not_there_is_told_at_once(site):
    with pytest.raises(FetchError, match="HTTP 404"):
        fetch(site.serve("/a", (404, {}, b"not here")))
    assert len(site.asked) == 1


def test_a_host_that_nobody_listens_on_is_told_with_a_remedy(site):
    with pytest.raises(FetchError, match=r"the connection failed.*Check the network"):
        fetch("http://127.0.0.1:9/a.csv")


def test_a_body_cut_short_is_no_file(site):
    with pytest.raises(FetchError, match="the connection failed"):
        fetch(site.serve("/a", (200, {"Content-Length": "100"}, b"rows")))
    assert list_raw() == []


def test_a_body_past_the_size_limit_is_dropped(site, monkeypatch):
    monkeypatch.setattr(downloading, "MAX_DOWNLOAD_BYTES", 1000)
    with pytest.raises(FetchError, match="larger than"):
        fetch(site.serve("/a", (200, {}, bytes(2000))))
    assert list_raw() == []


def test_a_body_past_the_time_limit_is_dropped(site, monkeypatch):
    monkeypatch.setattr(downloading, "TIME_LIMIT_S", -1.0)
    with pytest.raises(FetchError, match="not whole within"):
        fetch(site.serve("/a", (200, {}, b"rows")))
    assert list_raw() == []


def test_headers_that_drip_past_the_time_limit_are_cut_off(monkeypatch):
    monkeypatch.setattr(downloading, "TIME_LIMIT_S", 0.5)
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n")
            for _ in range(20):
                connection.sendall(b"X-Drop: x\r\n")
                over.wait(0.1)
            connection.sendall(b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        with pytest.raises(FetchError, match="not whole within"):
            fetch(f"http://127.0.0.1:{server.getsockname()[1]}/a")
        over.set()
        thread.join()
    assert list_raw() == []


def test_bytes_are_asked_for_and_kept_as_they_are_even_where_the_server_packs_them(site):
    packed = gzip.compress(b"rows")
    payload = fetch(site.serve("/a", (200, {"Content-Encoding": "gzip"}, packed)))
    assert payload.main.path.read_bytes() == packed
    assert site.asked[0][1]["Accept-Encoding"] == "identity"
    with pytest.raises(FetchError, match="encoding that was not asked for; got 'br'"):
        fetch(site.serve("/b", (200, {"Content-Encoding": "br"}, b"x")))


def test_a_redirect_within_the_host_is_followed_and_the_note_keeps_the_address_asked(site):
    site.serve("/final.csv", (200, {}, b"rows"))
    payload = fetch(site.serve("/a", (302, {"Location": "/final.csv"}, b"")))
    assert (payload.main.name, payload.place) == ("final.csv", site.url + "/a")


@pytest.mark.parametrize(
    "target", ["https://example.org/a", "file:///etc/passwd", "ftp://127.0.0.1/a", "http://localhost:1/a"]
)
def test_a_redirect_elsewhere_is_refused_without_asking_there(site, target):
    with pytest.raises(FetchError, match="redirects to another place"):
        fetch(site.serve("/a", (302, {"Location": target}, b"")))


def test_redirects_in_a_ring_end(site):
    with pytest.raises(FetchError, match="redirects more than"):
        fetch(site.serve("/a", (302, {"Location": "/a"}, b"")))


@pytest.mark.parametrize(
    ("origin", "target", "is_allowed"),
    [
        ("https://huggingface.co/x", "https://cas-bridge.xethub.hf.co/x", True),
        ("https://github.com/x", "https://raw.githubusercontent.com/x", True),
        ("https://epoch.ai/x", "https://www.epoch.ai/x", True),
        ("http://epoch.ai/x", "https://epoch.ai/x", True),
        ("https://epoch.ai/x", "http://epoch.ai/x", False),
        ("https://epoch.ai/x", "https://notepoch.ai/x", False),
        ("https://epoch.ai/x", "https://epoch.ai.evil.org/x", False),
        ("https://huggingface.co/x", "https://evilhf.co/x", False),
        ("https://epoch.ai/x", "https://user:word@epoch.ai/x", False),
        ("https://epoch.ai/x", "https://169.254.169.254/x", False),
    ],
)
def test_which_redirects_are_followed(origin, target, is_allowed):
    if is_allowed:
        _check_redirect(httpx.URL(origin), httpx.URL(target))
    else:
        with pytest.raises(FetchError):
            _check_redirect(httpx.URL(origin), httpx.URL(target))


@pytest.mark.parametrize("place", ["ftp://example.org/a", "file:///etc/passwd", "/no/such/file", ""])
def test_a_place_that_is_no_address_is_a_path_and_must_be_there(place):
    with pytest.raises(PayloadError, match="no such file"):
        fetch(place)


@pytest.mark.parametrize("url", ["http://127.0.0.1:port/a", "http://user:hunter2@127.0.0.1/a", "https://"])
def test_an_address_that_cannot_be_asked_is_told_and_a_password_in_it_never_shown(url):
    with pytest.raises(FetchError, match="cannot be asked") as told:
        fetch(url)
    assert "hunter2" not in str(told.value)


def test_a_folder_lists_its_files_below_it_and_refuses_links_out_of_it(tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "a.json").write_text("1")
    (tmp_path / "in" / "b.txt").write_text("2")
    is_json = lambda path: path.suffix == ".json"  # noqa: E731
    assert [name for name, _ in list_files(str(tmp_path / "in"), is_json)] == ["sub/a.json"]
    (tmp_path / "secret.json").write_text("3")
    (tmp_path / "in" / "c.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(PayloadError, match="a link that leads out of the folder"):
        list_files(str(tmp_path / "in"), is_json)
    with pytest.raises(PayloadError, match="no such file or folder"):
        list_files(str(tmp_path / "none"), is_json)


def test_a_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.json").write_text("1")
    with pytest.raises(PayloadError, match="more than 2 files"):
        list_files(str(tmp_path), lambda path: True)


def test_a_note_that_says_nothing_counts_as_none(tmp_path):
    store = RawStore(tmp_path)
    file, _ = store.put([b"rows"], "a", "here")
    for text in ("", "{}", "[]", '{"name": 1}', "\0"):
        Path(f"{file.path}.json").write_text(text)
        assert store.read_note(file.sha256) is None
        assert store.find_latest("here") is None
