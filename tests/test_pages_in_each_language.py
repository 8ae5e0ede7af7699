"""Every page and the report in each language: no English sentence on a Chinese page, no Chinese on an English one."""

import json
import re
from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go
import pytest
from page_snapshot import APP, get_home, open_page
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard.data_table import DASH, tabulate_figure
from dashboard.export.report import write_report
from dashboard.i18n import use_language
from warehouse import read

PAGES = sorted(path.stem for path in APP.with_name("views").glob("*.py"))
WRITTEN = ("markdown", "text", "caption", "header", "subheader", "title")
CHOSEN = ("selectbox", "segmented_control", "button_group", "select_slider", "slider", "checkbox", "date_input")
LABELLED = ("button", "link_button", "download_button", "popover", "expander", "tab")
QUOTED = re.compile(r"<[^>]*>|`[^`]*`|%\{[^}]*\}|https?://\S+|modelgap [a-z]+|\b[\w-]+/[\w.-]+")
"""What is no prose: tags, code, places of hover texts, addresses, commands, ids of models."""
SENTENCE = re.compile(r"[A-Za-z][a-z'’-]*(?: [a-z][a-z'’-]*){2,}")
BARE = re.compile(r"None|nan|NaT|True|False|domestic|frontier|target|index|supported|contradicted|undetermined")
HAN = re.compile("[\u3400-\u9fff]")


def list_texts(app: AppTest) -> Iterator[str]:
    """Yield whatever a reader of the page may meet: words, labels, options, tables, figures and their tables."""
    for kind in WRITTEN:
        yield from (element.value for element in app.get(kind))
    for kind in CHOSEN:
        for element in app.get(kind):
            yield from (element.label, element.help or "", *map(str, getattr(element, "options", ())))
    for kind in LABELLED:
        yield from (getattr(element, "label", None) or getattr(element.proto, "label", "") for element in app.get(kind))
    for element in app.dataframe:
        yield from (element.proto.alt, *list_cells(element.value, element.proto.placeholder))
    for element in app.get("plotly_chart"):
        figure = json.loads(element.proto.spec)
        yield from (element.proto.alt, *list_strings(figure["layout"].get("annotations", [])))
        shown = [trace.get(part) for trace in figure["data"] for part in ("customdata", "text")]
        yield from (text for part in shown for text in list_strings(part))
        yield from list_cells(tabulate_figure(go.Figure(figure)), DASH)


def list_cells(frame: pd.DataFrame, placeholder: str) -> Iterator[str]:
    """Yield the titles and cells of a table, as text; `placeholder` is what stands where nothing is known."""
    cells = frame.astype(object).where(frame.notna(), placeholder or None)
    yield from (str(value) for value in (*frame.columns, *cells.to_numpy().ravel()))


def list_strings(part: object) -> Iterator[str]:
    """Yield the texts in a part of a figure."""
    if isinstance(part, dict):
        yield part.get("text") or ""
    elif isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for inner in part:
            yield from list_strings(inner)


def find_names() -> set[str]:
    """Return the words of what the snapshot itself says in English: names, statements, answers."""
    snapshot = read.open_current(get_home())
    tables = [row["table_name"] for row in snapshot.rows("SELECT table_name FROM duckdb_tables()")]
    kept = [name for name in tables if name not in ("claim_check", "gap_document", "meta")]
    texts = (value for name in kept for row in snapshot.rows(f"FROM {name}") for value in row.values())
    return {word for text in texts if isinstance(text, str) for word in re.findall("[a-z'’-]+", text.lower())}


def find_english(texts: Iterator[str], names: set[str]) -> list[str]:
    """Return the texts in which three English words follow each other, or one stands alone that has a Chinese name."""
    found = []
    for text in dict.fromkeys(texts):
        prose = QUOTED.sub("", text)
        runs = [run for run in SENTENCE.findall(prose) if not set(run.lower().split()) <= names]
        if runs or BARE.fullmatch(text.strip()):
            found.append(text[:160])
    return found


@pytest.fixture(autouse=True)
def without_magic():
    """Let Streamlit show no string of a page's code, which the dashboard's own settings forbid too."""
    config.set_option("runner.magicEnabled", False)
    yield
    config.set_option("runner.magicEnabled", True)


@pytest.mark.parametrize("page", PAGES)
def test_a_chinese_page_has_no_english_sentence(monkeypatch, page):
    app = open_page(monkeypatch, page, lang="zh")
    with use_language("zh"):
        texts = list(list_texts(app))
    assert len([text for text in texts if HAN.search(text)]) > 20
    assert find_english(texts, find_names()) == []


@pytest.mark.parametrize("page", PAGES)
def test_an_english_page_has_no_chinese(monkeypatch, page):
    known = {"中文", "Language / 语言"}
    app = open_page(monkeypatch, page, lang="en")
    assert [text for text in list_texts(app) if HAN.search(text) and text not in known] == []


def test_the_chinese_report_has_no_english_sentence():
    text = write_report(read.open_current(get_home()), "md", "zh").decode()
    assert HAN.search(text)
    assert find_english(iter(text.splitlines()), find_names()) == []


def test_what_is_english_is_found():
    assert find_english(iter(["不符：the figure lies in the range", "target", "用 `modelgap build`"]), set()) == [
        "不符：the figure lies in the range",
        "target",
    ]
