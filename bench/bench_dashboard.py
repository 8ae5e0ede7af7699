"""The dashboard against a bare Streamlit page with the same figures, in one run: ratios of load, rerun, CPU and waits.

Needs Chromium and a published snapshot of $MODELGAP_HOME. Both are served at once and measured in turns, so that other
work on the machine falls on both. Two things are turned: a choice, which changes the figure and little else, and the
language, which changes every word on the page. Prints one JSON document.
"""

import asyncio
import json
import random
import re
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sessions import Session, open_session, read_cpu, serve

from dashboard.answers import has_known_dates
from dashboard.frames import list_scales
from warehouse import read

ROUNDS, RERUNS = 4, 10
READERS, PAUSE, TURNS_A_READER = 50, 2.0, 4
"""Readers at once; the seconds between two turns of one, on average; and how many turns each takes in a round."""
MOST = {
    "load": 1.3, "choice_rerun": 1.5, "language_rerun": 1.5, "choice_cpu": 1.4, "language_cpu": 1.4, "readers_p50": 1.6,
    "readers_p95": 2.0, "burst_p50": 1.6, "burst_p95": 2.0,
}  # fmt: skip
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
STATES = ("By release", "By day the figure was known", "中文")
"""The three figures, by the labels that lead to them; the first is what pages open with."""
BARE = """
import plotly.io, streamlit as st
st.set_page_config(layout="wide")
chosen = st.segmented_control("Shown", {options!r}, default={options!r}[0], key="shown")
figures = st.cache_resource(lambda: [plotly.io.read_json(path) for path in {paths!r}])()
st.plotly_chart(figures[{options!r}.index(chosen)], theme=None, width="stretch", config={{"displayModeBar": False}})
"""
DRAWN = "words => document.querySelector('.infolayer')?.textContent.replace(/\\s/g, '').includes(words)"


class Turn(NamedTuple):
    """What is turned on a page: the control's key, its label here and there, and the figures it leads to."""

    key: str
    labels: tuple[str, str]
    figures: tuple[int, int]


class Side(NamedTuple):
    """One of the two pages: its server's process, its address in parts, and its turns by name."""

    pid: int
    server: str
    page: str
    query: str
    turns: dict[str, Turn]

    @property
    def address(self) -> str:
        """Return the page's whole address."""
        return f"{self.server}/{self.page}" + (f"?{self.query}" if self.query else "")


OURS = {"choice": Turn("choice-axis", STATES[:2], (0, 1)), "language": Turn("choice-lang", ("EN", "中文"), (0, 2))}
THEIRS = {
    name: Turn("shown", (STATES[turn.figures[0]], STATES[turn.figures[1]]), turn.figures) for name, turn in OURS.items()
}
Times = defaultdict[str, list[float]]


async def fetch_figures(side: Side) -> list[str]:
    """Return the dashboard's three figures as it sends them."""
    async with open_session(side.server, side.page, side.query) as session:
        answers = [await session.rerun()]
        answers.append(await session.rerun({"choice-axis": [STATES[1]]}))
        await session.rerun({"choice-axis": [STATES[0]]})
        answers.append(await session.rerun({"choice-lang": [STATES[2]]}))
    return [answer.list_kind("plotly_chart")[0].spec for answer in answers]


def find_words(figures: Sequence[str]) -> list[str]:
    """Return what is written on each figure and on none of the others, without blanks."""
    notes = [{note["text"] for note in json.loads(figure)["layout"]["annotations"]} for figure in figures]
    written = [{re.sub(r"<[^>]*>|\s", "", text) for text in texts} for texts in notes]
    others = [set().union(*(found for found in written if found is not own)) for own in written]
    return [max(own - known, key=len) for own, known in zip(written, others, strict=True)]


def write_bare(folder: Path, figures: Sequence[str]) -> Path:
    """Return a script that shows the same figures and nothing else."""
    paths = [str(folder / f"{number}.json") for number in range(len(figures))]
    for path, figure in zip(paths, figures, strict=True):
        Path(path).write_text(figure, encoding="utf-8")
    script = folder / "bare.py"
    script.write_text(BARE.format(options=STATES, paths=paths), encoding="utf-8")
    return script


def load(browser: Browser, side: Side, words: str) -> tuple[float, BrowserContext, Page]:
    """Return the seconds until a new reader sees the figure, and their window."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, start = context.new_page(), time.perf_counter()
    page.goto(side.address)
    page.wait_for_function(DRAWN, arg=words)
    return time.perf_counter() - start, context, page


def turn_page(page: Page, side: Side, name: str, words: Sequence[str], times: Times) -> None:
    """Turn a page there and back again, `RERUNS` times in all; note each rerun, and the server's CPU for each."""
    turn = side.turns[name]
    page.bring_to_front()
    cpu = read_cpu(side.pid)
    for number in range(RERUNS):
        there = (number + 1) % 2
        start = time.perf_counter()
        page.get_by_text(turn.labels[there], exact=True).first.click()
        page.wait_for_function(DRAWN, arg=words[turn.figures[there]])
        times[f"{name}_rerun"].append(time.perf_counter() - start)
    times[f"{name}_cpu"].append((read_cpu(side.pid) - cpu) / RERUNS)


def measure_pages(sides: Sequence[Side], words: Sequence[str], times: Sequence[Times]) -> None:
    """Note loads, reruns in the browser and the server's CPU of both pages, in turns; the first round warms up."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        windows = [load(browser, side, words[0]) for side in sides]
        for number in range(ROUNDS + 1):
            for side, (_, _, page), own in zip(sides, windows, times, strict=True):
                noted = own if number else defaultdict(list)
                for name in side.turns:
                    turn_page(page, side, name, words, noted)
                seconds, context, _ = load(browser, side, words[0])
                context.close()
                noted["load"].append(seconds)
        browser.close()


async def open_readers(side: Side, stack: AsyncExitStack) -> list[Session]:
    """Return the sessions of readers who have opened a page and turned it once there and back."""
    sessions = []
    for _ in range(READERS):
        session = await stack.enter_async_context(open_session(side.server, side.page, side.query))
        await session.rerun()
        for there in (1, 0):
            await turn_session(session, side, there)
        sessions.append(session)
    return sessions


async def turn_session(session: Session, side: Side, there: int) -> float:
    """Return the seconds that a reader waits for a turn of the choice."""
    turn = side.turns["choice"]
    answer = await session.rerun({turn.key: [turn.labels[there]]})
    if answer.errors:
        raise SystemExit(f"{side.address}: a rerun failed; got {answer.errors[0]}.")
    return answer.seconds


async def read_on(session: Session, side: Side, dice: random.Random) -> list[float]:
    """Return the waits of a reader who looks at each figure for a while."""
    waits = []
    for number in range(TURNS_A_READER):
        await asyncio.sleep(dice.uniform(0, 2 * PAUSE))
        waits.append(await turn_session(session, side, (number + 1) % 2))
    return waits


async def measure_readers(sides: Sequence[Side], times: Sequence[Times]) -> None:
    """Note what 50 readers wait: each at their own pace, then all who turn at the same moment."""
    async with AsyncExitStack() as stack:
        readers = [await open_readers(side, stack) for side in sides]
        for number in range(ROUNDS):
            for side, sessions, own in zip(sides, readers, times, strict=True):
                dice = random.Random(number)
                waits = await asyncio.gather(*(read_on(session, side, dice) for session in sessions))
                own["readers"] += [wait for each in waits for wait in each]
                for there in (1, 0):
                    own["burst"] += await asyncio.gather(*(turn_session(each, side, there) for each in sessions))


def summarise(times: Times) -> dict[str, float]:
    """Return medians in ms, and of the readers' waits the 95th percentile too."""
    alone = {name: statistics.median(found) for name, found in times.items() if name not in ("readers", "burst")}
    for name in ("readers", "burst"):
        parts = statistics.quantiles(times[name], n=20)
        alone |= {f"{name}_p50": parts[9], f"{name}_p95": parts[18]}
    return {name: round(seconds * 1e3, 1) for name, seconds in alone.items()}


def measure_queries(snapshot: read.Snapshot) -> float:
    """Return the 95th percentile of what the pages ask of the marts, in ms, over every scale they may show."""
    times = []
    for scale in list_scales(snapshot):
        for ask in (read.read_points, read.read_records, read.read_document, read.read_gap, read.read_series):
            start = time.perf_counter()
            ask(snapshot, scale["scale_id"])
            times.append((time.perf_counter() - start) * 1e3)
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    """Measure both pages and print times, ratios and what they may be at most."""
    snapshot = read.open_current()
    scale = next(row["scale_id"] for row in list_scales(snapshot) if has_known_dates(snapshot, row["scale_id"]))
    times = (defaultdict(list), defaultdict(list))
    with tempfile.TemporaryDirectory() as folder, serve() as (pid, server):
        ours = Side(pid, server, "gap-over-time", f"scale={scale}", OURS)
        figures = asyncio.run(fetch_figures(ours))
        with serve(script=write_bare(Path(folder), figures)) as (bare_pid, bare_server):
            sides = (Side(bare_pid, bare_server, "", "", THEIRS), ours)
            measure_pages(sides, find_words(figures), times)
            asyncio.run(measure_readers(sides, times))
    bare, dashboard = (summarise(own) for own in times)
    ratios = {name: round(dashboard[name] / bare[name], 2) for name in MOST}
    document = {"bare_ms": bare, "dashboard_ms": dashboard, "ratios": ratios, "at_most": MOST}
    print(json.dumps(document | {"query_p95_ms": round(measure_queries(snapshot), 1)}, indent=1))


if __name__ == "__main__":
    main()
