"""Readers without a browser: real WebSocket sessions of the dashboard, and the server that answers them.

Before: a data directory with a published snapshot. After: sessions that a bench turns as readers do.

    with serve(home) as (pid, address):
        async with open_session(address, "lag", "lang=zh&as-of=2025-06-30") as session:
            first = await session.rerun()                        # the page as it opens
            other = await session.rerun(query="lang=zh")         # an address that changed
            again = await session.rerun({"choice-match": "..."}) # a widget by its key; lists for segmented controls
            assert not again.errors, again.errors
            print(again.seconds, again.n_bytes, "\n".join(again.texts))
            await session.rerun({"downloads-lag-over-time": True})   # a menu, which then stays open

A session does what Streamlit's front end does: it keeps the large messages of its last runs and names their hashes,
follows the address that the script writes, and stays on its page.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import websockets
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.commands import APP, build_arguments

KEPT_RUNS = 2
"""Runs for which the front end keeps a message it does not use: `global.maxCachedMessageAge`."""
_GOES_ON = ForwardMsg.FINISHED_EARLY_FOR_RERUN
_IS_WHOLE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
Value = bool | str | list[str]


@dataclass
class Answer:
    """What one rerun brought: its elements and blocks in the order they came, how long it took, and what went wrong."""

    seconds: float = 0.0
    n_bytes: int = 0
    elements: list[Message] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Return every word of the elements: text, markup, labels and options of widgets, figures as JSON."""
        return [text for element in self.elements for text in _list_texts(element)]

    def list_kind(self, kind: str) -> list[Message]:
        """Return the elements of a kind, e.g. `plotly_chart`, `selectbox`, `text`."""
        return [getattr(element, kind) for element in self.elements if element.WhichOneof("type") == kind]


class Session:
    """A reader's session on one page.

    `query` is the address that stands, as the script last wrote it; `widgets` are the page's, id by key.
    """

    def __init__(self, socket: websockets.ClientConnection, address: str, page: str, query: str, locale: str):
        self.query, self.locale, self._address = query, locale, address
        self._socket, self._page, self._hash = socket, page, ""
        self.widgets: dict[str, str] = {}
        self._kept: dict[str, tuple[int, ForwardMsg]] = {}
        self._run = 0

    async def rerun(
        self, widgets: Mapping[str, Value] | None = None, *, query: str | None = None, page: str | None = None
    ) -> Answer:
        """Return what the page answers to `widgets` set by key, to another address, or on another page.

        Raises KeyError where the page has no such widget, and what `websockets` raises where the server hangs up.
        """
        self.query = self.query if query is None else query
        if page is not None:
            self._page, self._hash = page, ""
        self._run += 1
        start, answer = time.perf_counter(), Answer()
        await self._socket.send(self._ask(widgets or {}).SerializeToString())
        while not await self._take(await self._socket.recv(), answer):
            pass
        answer.seconds = time.perf_counter() - start
        self._kept = {key: kept for key, kept in self._kept.items() if self._run - kept[0] < KEPT_RUNS}
        return answer

    def _ask(self, widgets: Mapping[str, Value]) -> BackMsg:
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self._page, self._hash
        state.cached_message_hashes.extend(self._kept)
        state.context_info.url = f"{self._address}/{self._page}"
        state.context_info.locale, state.context_info.timezone = self.locale, "UTC"
        state.widget_states.widgets.extend(_set_widget(self.widgets[key], value) for key, value in widgets.items())
        return asked

    async def _take(self, received: str | bytes, answer: Answer) -> bool:
        """Take one message of the server; return whether the script is through."""
        answer.n_bytes += len(received)
        message = ForwardMsg.FromString(received)
        if message.WhichOneof("type") == "ref_hash":
            message = self._kept[message.ref_hash][1]
        if message.metadata.cacheable or message.hash in self._kept:
            self._kept[message.hash] = (self._run, message)
        match message.WhichOneof("type"):
            case "new_session":
                answer.elements.clear()
                self.widgets.clear()
            case "navigation":
                self._hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "page_not_found":
                answer.errors.append(f"page not found: {self._page}")
            case "delta" if message.delta.WhichOneof("type") in ("new_element", "add_block"):
                self._note(getattr(message.delta, message.delta.WhichOneof("type")), answer)
            case "script_finished" if message.script_finished != _GOES_ON:
                if message.script_finished not in _IS_WHOLE:
                    answer.errors.append("the script did not compile")
                return True
        return False

    def _note(self, element: Message, answer: Answer) -> None:
        kind = element.WhichOneof("type")
        if kind is None:
            return
        shown = getattr(element, kind)
        answer.elements.append(element)
        if kind == "exception":
            answer.errors.append(f"{shown.type}: {shown.message}")
        widget = getattr(shown, "id", "")
        if widget.startswith("$$ID-"):
            # $$ID-<hash>-<key>
            self.widgets[widget.split("-", 2)[2]] = widget


@asynccontextmanager
async def open_session(address: str, page: str = "", query: str = "", locale: str = "en-GB") -> AsyncIterator[Session]:
    """Give a session on a page (its name in the address, "" for the first) of the server at `http://host:port`."""
    server = address.replace("http", "ws", 1) + "/_stcore/stream"
    async with websockets.connect(server, origin=address, subprotocols=["streamlit"], max_size=None) as connection:
        yield Session(connection, address, page, query, locale)


@contextmanager
def serve(home: Path | None = None, script: Path = APP, log: Path | None = None) -> Iterator[tuple[int, str]]:
    """Serve the dashboard (or another `script`) with its own settings; give its process id and address.

    `home` is the data directory (None: this installation's), `log` takes what the server says.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [str(script) if part == str(APP) else part for part in build_arguments(port)]
    environment = os.environ | ({"MODELGAP_HOME": str(home)} if home else {})
    with open(log or os.devnull, "w") as said:
        server = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=said, stderr=said)
        try:
            _wait_until_up(server, f"http://127.0.0.1:{port}/_stcore/health")
            yield server.pid, f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def read_cpu(pid: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_memory(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _wait_until_up(server: subprocess.Popen, url: str) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=1).read()
            return
        time.sleep(0.1)
    raise SystemExit(f"{url}: the server did not start; got exit code {server.poll()}. Look at its log.")


def _set_widget(widget: str, value: Value) -> WidgetState:
    state = WidgetState(id=widget)
    if isinstance(value, bool):
        state.bool_value = value
    elif isinstance(value, str):
        state.string_value = value
    else:
        state.string_array_value.data.extend(value)
    return state


def _list_texts(message: Message) -> Iterator[str]:
    for description, value in message.ListFields():
        repeated = value if description.is_repeated else [value]
        if description.type == description.TYPE_STRING:
            yield from repeated
        elif description.type == description.TYPE_MESSAGE:
            for part in repeated:
                yield from _list_texts(part)
