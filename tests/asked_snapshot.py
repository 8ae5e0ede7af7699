"""A published snapshot with named cohorts, claims on the lag and sections of industry, for what readers may ask."""

import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import small_snapshot
import yaml
from streamlit.testing.v1 import AppTest

import dashboard

APP = Path(dashboard.__file__).with_name("app.py")
OVERVIEW, GAP, LAG, DOMAINS = (f"views/{name}.py" for name in ("overview", "gap_over_time", "lag", "domains"))
PAGES = (OVERVIEW, GAP, LAG, DOMAINS)
ALL_PAGES = tuple(f"views/{path.name}" for path in sorted(APP.parent.joinpath("views").glob("*.py")))
_folder = tempfile.TemporaryDirectory(prefix="modelgap-asked-")
CLAIMS = [
    ("standing", small_snapshot.LINK, date(2025, 6, 1), 6.0, 9.0, {"quantity": "standing_lag"}),
    ("wait", "Somebody (of a lab)", date(2025, 3, 1), 12.0, 12.0,
     {"quantity": "forward_lag", "against": "columbia/uno", "day": date(2025, 2, 1)}),
    ("late", "Late", date(2025, 4, 1), None, None, {"quantity": "standing_lag", "low": 0.0}),
]  # fmt: skip


@cache
def get_home() -> Path:
    """Return the data directory, built for real once a run of the tests."""
    folder = Path(_folder.name)
    home, registry = folder / "home", folder / "registry"
    small_snapshot.write_registry(registry)
    _add(registry)
    small_snapshot.land_scores(home)
    small_snapshot.build(home, registry)
    return home


def open_page(page: str = OVERVIEW, **query: str) -> AppTest:
    """Return a page as it ran at an address; `as_of` stands for `as-of`."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({name.replace("_", "-"): value for name, value in query.items()})
    app.run()
    return app if page == OVERVIEW else app.switch_page(page).run()


def open_more(app: AppTest) -> AppTest:
    """Return the page with what is behind the bar's button opened."""
    app.session_state["more"] = True
    return app.run()


def get_figures(app: AppTest) -> list[dict]:
    """Return the figures on a page, as they are sent."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def get_words(app: AppTest) -> str:
    """Return what a page says beside its figures."""
    kinds = ("markdown", "text", "caption", "header", "subheader")
    return "\n".join(element.value for kind in kinds for element in app.get(kind))


def get_query(app: AppTest) -> dict[str, str]:
    """Return the address that a page wrote."""
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def _add(registry: Path) -> None:
    cohorts = [
        {"id": "up-to-10b", "terms": "10b", "name": {"en": "At most 10B parameters", "zh": "100 亿参数以内"}},
        {"id": "domestic-open", "terms": "domestic+open", "name": {"en": "Domestic, open weights"}},
        {"id": "open-weights", "terms": "open", "name": {"en": "Open weights"}},
    ]
    sections = [{"id": letter, "name": {"en": f"Section {letter}"}} for letter in "AB"]
    (benchmark,) = yaml.safe_load((registry / "benchmarks.yaml").read_text())
    _write(registry / "cohorts.yaml", cohorts)
    _write(registry / "isic.yaml", {"rev": 5, "sections": sections})
    _write(registry / "benchmarks.yaml", [benchmark | {"isic": "A"}])
    _write(registry / "claims.yaml", [_make_claim(*claim) for claim in CLAIMS])


def _make_claim(name: str, who: str, day: date, low: float | None, high: float | None, check: dict) -> dict:
    return {
        "id": name, "statement": f"{small_snapshot.BEACON} said {name}", "claimant": who, "claim_date": day,
        "metric": "lag_months", "value_low": low, "value_high": high, "unit": "months", "domain": "coding",
        "source": "https://example.org/said", "source_kind": "primary", "check": {"benchmark": "quiz"} | check,
    }  # fmt: skip


def _write(path: Path, document: object) -> None:
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
