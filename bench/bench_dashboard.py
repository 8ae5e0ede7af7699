"""The dashboard against a bare Streamlit page with the same two figures, in one run: ratios of load, rerun and CPU.

Needs Chromium and a published snapshot of $MODELGAP_HOME. Prints one JSON document.
"""

import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sessions import read_cpu, serve

from dashboard.captions import caption_records
from dashboard.charts.records import Axis, plot_records
from dashboard.frames import list_scales, read_models
from dashboard.i18n import use_language
from warehouse import read

RERUNS, LOADS = 20, 5
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
OPTIONS = ("EN", "中文")
LANGUAGES = ("en", "zh")
WORDS = ("Capability index: the best", "能力指数：各阵营最高纪录")
BARE = """
import plotly.io, streamlit as st
st.set_page_config(layout="wide")
chosen = st.segmented_control("Language", {options!r}, default={options!r}[0], key="language")
figures = st.cache_resource(lambda: [plotly.io.read_json(path) for path in {paths!r}])()
st.plotly_chart(figures[{options!r}.index(chosen)], theme=None, width="stretch", config={{"displayModeBar": False}})
"""


def draw(snapshot: read.Snapshot, language: str):
    """Return the figure that the gap page opens with in a language."""
    with use_language(language):
        scale = list_scales(snapshot)[0]
        axis = Axis(scale["unit"], scale["chance_floor"])
        models = read_models(snapshot, scale["scale_id"])
        return plot_records(models, axis, caption_records(snapshot, scale))


def write_bare(folder: Path, snapshot: read.Snapshot) -> Path:
    """Return a script that shows the same two figures and nothing else."""
    paths = [str(folder / f"{language}.json") for language in LANGUAGES]
    for path, language in zip(paths, LANGUAGES, strict=True):
        Path(path).write_text(draw(snapshot, language).to_json(), encoding="utf-8")
    script = folder / "bare.py"
    script.write_text(BARE.format(options=OPTIONS, paths=paths), encoding="utf-8")
    return script


def wait_for(page: Page, words: str) -> None:
    """Wait until a figure says `words`."""
    page.wait_for_function("words => document.querySelector('.infolayer')?.textContent.includes(words)", arg=words)


def measure(browser, pid: int, address: str) -> dict[str, float]:
    """Return medians: cold load and rerun in the browser, and CPU of the server a rerun, in ms."""
    loads = []
    for _ in range(LOADS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page, start = context.new_page(), time.perf_counter()
        page.goto(address)
        wait_for(page, WORDS[0])
        loads.append(time.perf_counter() - start)
        if len(loads) < LOADS:
            context.close()
    for turn in (1, 0):
        page.get_by_text(OPTIONS[turn], exact=True).click()
        wait_for(page, WORDS[turn])
    reruns, cpu = [], read_cpu(pid)
    for number in range(RERUNS):
        turn = (number + 1) % 2
        start = time.perf_counter()
        page.get_by_text(OPTIONS[turn], exact=True).click()
        wait_for(page, WORDS[turn])
        reruns.append(time.perf_counter() - start)
    cpu = (read_cpu(pid) - cpu) / RERUNS
    context.close()
    return {"load": statistics.median(loads) * 1e3, "rerun": statistics.median(reruns) * 1e3, "cpu": cpu * 1e3}


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
    """Measure both pages and print times and ratios."""
    snapshot = read.open_current()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with serve(script=write_bare(Path(folder), snapshot)) as (pid, address):
            bare = measure(browser, pid, address)
        with serve() as (pid, address):
            ours = measure(browser, pid, f"{address}/gap-over-time")
        browser.close()
    ratios = {name: round(ours[name] / bare[name], 2) for name in bare}
    document = {"bare_ms": bare, "dashboard_ms": ours, "ratios": ratios, "query_p95_ms": measure_queries(snapshot)}
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
