"""Download one file over HTTP(S), and only if it changed since it was last had.

Before: an address. After: the raw bytes of the file in the raw store; or a `FetchError` that says what it did. Bytes
are kept as they come and decompressed only when they are read (`collectors.importers.opening`), within bounds.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx
import tenacity

from collectors.errors import FetchError
from collectors.importers.contract import RawFile
from collectors.importers.raw_store import Note, RawStore
from collectors.settings import get_version

MAX_DOWNLOAD_BYTES = 1 << 30
TIME_LIMIT_S = 600.0
ATTEMPTS = 4
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
MAX_REDIRECTS = 5
_RELATED_HOSTS = {"huggingface.co": ("hf.co",), "github.com": ("githubusercontent.com",)}
"""Hosts that hand their files out from another name of their own."""
_ENCODINGS = {"", "identity", "gzip", "x-gzip"}


class _Passing(Exception):
    """A failure that may pass: worth another attempt."""

    def __init__(self, error: FetchError, wait_s: float | None = None):
        super().__init__(str(error))
        self.error, self.wait_s = error, wait_s


def download(url: str, store: RawStore, retrieved_on: date | None = None) -> tuple[RawFile, Note]:
    """Return the file at an http(s) address, kept in `store`, and its note.

    What is had already is asked for with ETag and If-Modified-Since. A connection that fails, 429 and 5xx are tried
    again, with growing waits. Redirects are followed within the host and its own other names, and never from https
    to http. Raises FetchError for whatever else, for a file past the size limit and for one past the time limit.
    """
    _check_address(url)
    known = store.find_latest(url)
    try:
        with (
            _Deadline(url) as deadline,
            httpx.Client(timeout=30, follow_redirects=False, headers=_introduce()) as client,
        ):
            for attempt in tenacity.Retrying(
                stop=tenacity.stop_after_attempt(ATTEMPTS) | tenacity.stop_before_delay(TIME_LIMIT_S),
                wait=_wait,
                retry=tenacity.retry_if_exception_type(_Passing),
                reraise=True,
            ):
                with attempt:
                    return _get(client, url, store, known, retrieved_on, deadline)
    except _Passing as failure:
        raise failure.error from None
    except (ImportError, ValueError) as error:
        raise FetchError(f"{url}: cannot be asked; got {error}. Check the proxy settings.") from error


def _check_address(url: str) -> None:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError(f"import: the address cannot be asked; got {error}. Check it.") from None
    if address.userinfo or not address.host:
        raise FetchError("import: the address cannot be asked; got a user, a password or no host. Give a public one.")


def _get(
    client: httpx.Client,
    url: str,
    store: RawStore,
    known: tuple[RawFile, Note] | None,
    retrieved_on: date | None,
    deadline: "_Deadline",
) -> tuple[RawFile, Note]:
    conditions = {}
    if known:
        found = {"If-None-Match": known[1].etag, "If-Modified-Since": known[1].last_modified}
        conditions = {name: value for name, value in found.items() if value}
    try:
        with _follow(client, url, conditions, deadline) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED and known:
                return known[0], store.confirm(known[0].sha256, known[1])
            _check_status(response, url)
            return store.put(
                _read_body(response, url, deadline),
                _name(response.url),
                url,
                retrieved_on=retrieved_on,
                etag=response.headers.get("ETag"),
                last_modified=response.headers.get("Last-Modified"),
            )
    except httpx.TransportError as error:
        deadline.check()
        message = f"{url}: the connection failed; got {type(error).__name__} {error}".rstrip()
        raise _Passing(FetchError(f"{message}. Check the network, or give a file that you have.")) from error
    except httpx.HTTPError as error:
        raise FetchError(f"{url}: cannot be fetched; got {error}. Check the address.") from error


class _Deadline:
    """The end of a download's time, which cuts its connections: what drips passes every limit of a single read."""

    def __init__(self, url: str):
        self._url, self._end = url, time.monotonic() + TIME_LIMIT_S
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(TIME_LIMIT_S, 0.0), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._timer.cancel()

    def check(self) -> None:
        """Raise FetchError where the time is up."""
        if time.monotonic() >= self._end:
            raise FetchError(f"{self._url}: not whole within {TIME_LIMIT_S:g} s; got no end. Fetch it by hand.")

    def watch(self, event: str, info: Mapping) -> None:
        """Keep the sockets that httpx opens, as it traces them, to be cut; TLS replaces the one that it began with."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.check()
            self._sockets.append(info["return_value"].get_extra_info("socket"))

    def _cut(self) -> None:
        for opened in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(opened, socket.SHUT_RDWR)


class _follow:
    """A streamed response at the end of permitted redirects, as a context."""

    def __init__(self, client: httpx.Client, url: str, headers: dict, deadline: "_Deadline"):
        self._client, self._url, self._headers, self._deadline = client, httpx.URL(url), headers, deadline

    def __enter__(self) -> httpx.Response:
        for _ in range(MAX_REDIRECTS + 1):
            watched = {"trace": self._deadline.watch}
            request = self._client.build_request("GET", self._url, headers=self._headers, extensions=watched)
            self._response = self._client.send(request, stream=True)
            if not self._response.has_redirect_location:
                return self._response
            target = self._url.join(self._response.headers["Location"])
            self._response.close()
            _check_redirect(self._url, target)
            self._url = target
        raise FetchError(f"{self._url}: redirects more than {MAX_REDIRECTS} times. Give the final address.")

    def __exit__(self, *_exception: object) -> None:
        self._response.close()


def _check_redirect(origin: httpx.URL, target: httpx.URL) -> None:
    homes = (origin.host, *_RELATED_HOSTS.get(origin.host, ()))
    is_related = any(target.host == home or target.host.endswith(f".{home}") for home in homes)
    is_safe = target.scheme == "https" or (target.scheme == "http" and origin.scheme == "http")
    if not (is_related and is_safe) or target.userinfo:
        raise FetchError(
            f"{origin}: redirects to another place; got {target.copy_with(userinfo=b'')}. "
            "Give that address itself if you trust it."
        )


def _check_status(response: httpx.Response, url: str) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            raise FetchError(f"{url}: sends an encoding that was not asked for; got {encoding!r}. Fetch it by hand.")
        return
    error = FetchError(f"{url}: does not give the file; got HTTP {status} {response.reason_phrase}. Check the address.")
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
        wait = response.headers.get("Retry-After", "")
        raise _Passing(error, float(wait) if wait.isdigit() else None)
    raise error


def _read_body(response: httpx.Response, url: str, deadline: "_Deadline") -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > MAX_DOWNLOAD_BYTES:
            raise FetchError(
                f"{url}: larger than {MAX_DOWNLOAD_BYTES >> 20} MiB; got no end. Fetch it by hand, or in parts."
            )
        deadline.check()
        yield chunk
    # A body of unstated length ends where its connection was cut.
    deadline.check()


def _wait(state: tenacity.RetryCallState) -> float:
    failure = state.outcome.exception()
    usual = FIRST_WAIT_S * 2 ** (state.attempt_number - 1)
    return min(failure.wait_s if failure.wait_s is not None else usual, LONGEST_WAIT_S)


def _name(url: httpx.URL) -> str:
    return PurePosixPath(unquote(url.path)).name or url.host


def _introduce() -> dict[str, str]:
    return {"User-Agent": f"modelgap/{get_version()}", "Accept-Encoding": "identity"}
