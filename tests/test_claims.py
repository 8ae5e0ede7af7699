"""Claims held against the data: the views, every quantity on a made-up field, the documents, and real anchors."""

import json
from datetime import date

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from collectors.claim_entries import Check, Claim
from collectors.errors import UsageError
from collectors.registry_loader import load_registry
from modelgap import app
from tests.bundled import make_bundled
from tests.warehouse_kit import build, land, published, write_registry
from warehouse.claim_views import plan_view
from warehouse.claims import check_claims, read_claims, read_verdicts

AS_OF = date(2026, 1, 1)
BASE = {"claimant": "Somebody", "claim_date": date(2025, 3, 1), "metric": "points", "domain": "knowledge",
        "source": "https://example.org/said", "source_kind": "press"}  # fmt: skip
CHECKS = {
    # cathay/two (0.62, February 2025) against columbia/dos (0.70, December 2024) and before it uno (0.45)
    "right": {"low": 8, "high": 8, "check": {"quantity": "points", "benchmark": "quiz"}},
    "wrong": {"low": 20, "high": 20, "check": {"quantity": "points", "benchmark": "quiz"}},
    "one-sided": {"low": 9, "high": None, "check": {"quantity": "points", "benchmark": "quiz"}},
    "dated-lag": {"low": 3, "high": 3, "check": {"quantity": "standing_lag", "benchmark": "quiz", "rounding": 0.5}},
    "of-a-model": {
        "low": 3,
        "high": 3,
        "check": {"quantity": "standing_lag", "benchmark": "quiz", "of": "cathay/two", "rounding": 0.5},
    },
    "match": {
        "low": 10.5,
        "high": 11.5,
        "check": {"quantity": "forward_lag", "benchmark": "quiz", "against": "columbia/dos", "day": "latest"},
    },
    "place": {
        "low": 0.5,
        "high": 0.7,
        "check": {"quantity": "position", "benchmark": "quiz", "against": "columbia/uno", "upper": "columbia/dos"},
    },
    "pair": {
        "low": 0,
        "high": None,
        "check": {"quantity": "comparison", "of": "cathay/two", "against": "columbia/uno"},
    },
    "parts": {
        "low": 0,
        "high": None,
        "check": [
            {"quantity": "points", "benchmark": "quiz"},
            {"quantity": "points", "benchmark": "quiz", "of": "cathay/one", "high": 5},
        ],
    },
    "ratio": {
        "low": 12.9,
        "high": 12.9,
        "check": {"quantity": "points", "benchmark": "votes", "percent": True, "rounding": 2},
    },
    "board": {"low": 80, "high": 80, "check": {"quantity": "points", "benchmark": "votes:overall-2025-02-10"}},
    # two figures a model and no errors: 0.50 and 0.60 for cathay/two, 0.80 and 0.90 for columbia/dos
    "range-met": {"low": 40, "high": 40, "check": {"quantity": "points", "benchmark": "sums"}},
    "range-missed": {"low": 45, "high": 45, "check": {"quantity": "points", "benchmark": "sums"}},
    "vague-date": {
        "low": 1,
        "high": 9,
        "check": {"quantity": "forward_lag", "benchmark": "quiz", "against": "columbia/uno", "day": "latest"},
    },
    "unmeasured": {"low": 1, "high": 1, "check": {"quantity": "points", "domain": "writing"}},
    "no-figure": {"low": 1, "high": 1, "check": {"quantity": "points", "benchmark": "votes", "of": "europa/deux"}},
    "hope": {"low": 1, "high": 1, "check": {"quantity": "none", "reason": "it is a hope"}},
    "counted": {"low": 5, "high": 5, "check": {"quantity": "count", "count": "models"}},
    "unchecked": {"low": 1, "high": 1},
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """The made-up field, all errors known on `quiz`; half its figures of unknown day; a board of each of two days."""
    folder = tmp_path_factory.mktemp("claims")
    scores = {"cathay/one": 0.40, "cathay/two": 0.62, "cathay/three": 0.71, "columbia/uno": 0.45,
              "columbia/dos": 0.70, "columbia/tres": 0.80, "europa/un": 0.50}  # fmt: skip
    developers = {
        "cathay": (
            "CN",
            {
                "zero": "2024-01-15",
                "one": "2024-03-01",
                "vague": "2024-06-01",
                "two": "2025-02-01",
                "three": "2025-11-01",
            },
        ),
        "columbia": ("US", {"nil": "2023-12-01", "uno": "2024-01-01", "dos": "2024-12-01", "tres": "2025-10-01"}),
        "europa": ("FR", {"un": "2025-06-01", "deux": "2025-06-01"}),
        "baseline": (None, {"chance": "2023-01-01"}),
    }
    scores |= {"cathay/zero": 0.35, "cathay/vague": 0.46, "columbia/nil": 0.40}
    known = {"reported_by": "Board", "stderr": 0.005}
    rows = [published(model, score, first_known_date=None, **known) for model, score in scores.items()]
    land(folder / "home", "field", rows)
    for day, shift in ((date(2025, 2, 10), 50), (date(2025, 2, 20), 0), (date(2025, 12, 1), 400)):
        board = [
            published(model, 1000 * score + shift, benchmark="votes", board=f"arena/text/overall/{day}", stderr=2.0,
                      published_date=day, first_known_date=day)
            for model, score in scores.items()
        ]  # fmt: skip
        land(folder / "home", f"board-{day}", board)
    twice = [("cathay/two", 0.5, "independent", None), ("cathay/two", 0.6, "vendor", "own"),
             ("columbia/dos", 0.8, "independent", None), ("columbia/dos", 0.9, "vendor", "own")]  # fmt: skip
    land(folder / "home", "twice", [
        published(model, score, benchmark="sums", origin=origin, reporter_relation=relation)
        for model, score, origin, relation in twice
    ])  # fmt: skip
    registry = write_registry(folder / "registry", developers)
    models = registry / "models" / "cathay.yaml"
    text = models.read_text(encoding="utf-8")
    models.write_text(text.replace("- id: cathay/vague\n", "- id: cathay/vague\n  date_precision: on-or-before\n"))
    claims = [
        {**BASE, "id": name, "statement": f"Said of {name}", "value_low": said["low"], "value_high": said["high"]}
        | ({"check": said["check"]} if "check" in said else {})
        for name, said in CHECKS.items()
    ]
    claims = [{**claim, "source_kind": "secondary"} for claim in claims]
    (registry / "claims.yaml").write_text(yaml.safe_dump(claims), encoding="utf-8")
    counts = [
        {"id": "a", "count_date": date(2025, 2, 10), "count": 5, "what": "models", "series": "models",
         "source": "https://example.org/counted"},
        {"id": "b", "count_date": date(2024, 2, 10), "count": 2, "what": "x", "series": "x", "source": "https://e.org"},
    ]  # fmt: skip
    (registry / "landscape.yaml").write_text(yaml.safe_dump(counts), encoding="utf-8")
    return build(folder / "home", load_registry(bundled=registry))


@pytest.fixture(scope="module")
def verdicts(snapshot):
    return {document["claim"]: document for document in read_verdicts(snapshot)}


@pytest.mark.parametrize(
    ("claim", "word", "value", "unit"),
    [
        ("right", "supported", 8.0, "percentage points"),
        ("wrong", "contradicted", 8.0, "percentage points"),
        ("one-sided", "undetermined", 8.0, "percentage points"),  # 8 of 9, and the interval reaches it
        ("dated-lag", "supported", 90 / 30.4375, "months"),
        ("of-a-model", "supported", 90 / 30.4375, "months"),
        ("match", "supported", 335 / 30.4375, "months"),  # by cathay/three
        ("place", "supported", 17 / 25, "of the way"),
        ("pair", "supported", 17.0, "percentage points"),
        ("parts", "contradicted", 30.0, "percentage points"),
        ("ratio", "contradicted", 80.0, "rating points"),  # 12.9% of 1020 are 132 on the newest board, of December
        ("board", "supported", 80.0, "rating points"),
        ("counted", "supported", 5.0, None),
        ("range-met", "undetermined", 30.0, "percentage points"),
        ("range-missed", "contradicted", 30.0, "percentage points"),
        ("vague-date", "undetermined", 152 / 30.4375, "months"),
    ],
)
def test_every_quantity_is_measured_and_judged_in_hindsight(verdicts, claim, word, value, unit):
    view = verdicts[claim]["hindsight"]
    assert (view["verdict"], view["unit"] or None) == (word, unit), view["reason"]
    assert view["value"] == pytest.approx(value, abs=1e-3)
    assert verdicts[claim]["verdict"] == word


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("unmeasured", "no score measures it yet"),
        ("no-figure", "europa/deux has no figure on votes:overall-2025-12-01"),
        ("hope", "it is a hope"),
        ("unchecked", "no check is registered"),
    ],
)
def test_what_cannot_be_measured_is_undetermined_and_says_why(verdicts, claim, reason):
    for view in ("hindsight", "vintage", "today"):
        assert verdicts[claim][view]["verdict"] == "undetermined"
        assert reason in verdicts[claim][view]["reason"] or view == "vintage"
        assert verdicts[claim][view]["value"] is None


def test_without_errors_the_range_of_published_figures_stands_in_for_an_interval(verdicts):
    view = verdicts["range-met"]["hindsight"]
    assert (view["ci90"], view["figures_range"]) == (None, pytest.approx([18.0, 42.0]))
    assert "range of published figures reaches into it" in view["reason"]
    assert any(guard.startswith("few_records") for guard in view["guards"])  # which does not stop a difference


def test_a_lag_that_hangs_on_a_vague_date_is_undetermined(verdicts):
    assert "cathay/vague is known only as on or before 2024-06-01" in verdicts["vague-date"]["hindsight"]["reason"]


def test_a_vintage_takes_in_no_figure_of_unknown_day_and_says_how_many(verdicts):
    view = verdicts["right"]["vintage"]
    assert (view["verdict"], view["value"]) == ("undetermined", None)
    assert "7 of the 7 figures on models released by 2025-03-01 are left out" in view["reason"]
    assert "still to come" in verdicts["match"]["vintage"]["reason"]


def test_a_vintage_is_judged_on_the_board_of_then_and_today_on_the_newest(verdicts):
    # by percent of the rating of cathay/two: 80 of 620 are 12.9% on the board of February
    ratio = verdicts["ratio"]
    assert (ratio["vintage"]["scale"], ratio["vintage"]["verdict"]) == ("votes:overall-2025-02-20", "supported")
    assert ratio["vintage"]["claimed"] == pytest.approx([79.98, 79.98])
    assert ratio["vintage"]["allowed"] == pytest.approx([79.98 - 12.4, 79.98 + 12.4])  # 2% of the rating either way
    assert verdicts["board"]["vintage"]["scale"] == "votes:overall-2025-02-10"  # the claim names it, and it was out
    today = verdicts["board"]["today"]
    assert (today["scale"], today["value"], today["as_of"]) == ("votes:overall-2025-12-01", 90.0, "2026-01-01")


def test_a_lag_stands_beside_the_other_rule_and_every_other_lag(verdicts):
    view = verdicts["dated-lag"]["hindsight"]
    assert view["match_rule"] == "point"
    assert [other["label"] for other in view["others"]] == ["by the match rule not_significantly_worse:0.05"]
    assert view["context"]["record_months"] == pytest.approx(62 / 30.4375, abs=1e-3)
    assert view["ci90"] is not None and 0 <= view["share_within"] <= 1


def test_the_models_that_a_verdict_rests_on_go_with_it(verdicts):
    evidence = verdicts["dated-lag"]["evidence"]
    found = {(row["role"], row["model"], row["score"]) for row in evidence if row["view"] == "hindsight"}
    assert found == {("of", "cathay/two", 0.62), ("against", "columbia/dos", 0.7), ("first match", "columbia/dos", 0.7)}
    assert all(row["source_url"] is None and row["origin"] == "independent" for row in evidence)


def test_a_statement_of_parts_shows_each(verdicts):
    parts = verdicts["parts"]["hindsight"]["parts"]
    assert [(part["verdict"], part["value"]) for part in parts] == [("supported", 8.0), ("contradicted", 30.0)]


def test_the_mart_holds_a_row_a_claim_and_view_and_the_documents_the_contracts_keys(snapshot, verdicts):
    counted = snapshot.rows("SELECT count(*) AS n, count(DISTINCT claim) AS claims FROM claim_check")
    assert counted == [{"n": 3 * len(CHECKS), "claims": len(CHECKS)}]
    for document in verdicts.values():
        assert list(document) == ["claim", "verdict", "hindsight", "vintage", "today", "evidence"]
    assert json.loads(json.dumps(list(verdicts.values()), allow_nan=False)) == list(verdicts.values())


def test_the_command_prints_a_row_a_claim_or_one_in_full(snapshot, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(snapshot.path.parents[1]))
    run = CliRunner().invoke
    listed = run(app, ["claims"]).stdout.splitlines()
    assert len(listed) == len(CHECKS) + 2
    row = next(line for line in listed if " right " in line)
    assert row.split("  ")[0] == "supported"
    assert "Somebody: Said of right" in row and "8.0 (" in row and "2025-03-01" in row
    full = run(app, ["claims", "match"]).stdout
    assert "first match: cathay/three, 2025-11-01, 0.71 on quiz" in full
    assert {row["claim"] for row in json.loads(run(app, ["claims", "--json"]).stdout)} == set(CHECKS)
    error = run(app, ["claims", "rigth"]).exception
    assert isinstance(error, UsageError) and "got 'rigth'; closest: 'right'" in str(error)


def test_a_check_that_does_not_fit_together_is_refused():
    for fields in (
        {"quantity": "none"},
        {"quantity": "points", "reason": "x"},
        {"quantity": "position"},
        {"quantity": "comparison"},
        {"quantity": "count"},
        {"quantity": "points", "take": "mean"},
        {"quantity": "points", "index": "eci", "domain": "coding"},
        {"quantity": "points", "low": 3, "high": 2},
        {"quantity": "points", "low": float("nan")},
    ):
        with pytest.raises(ValidationError):
            Check(**fields)


def test_a_period_is_closed_for_hindsight_and_moved_or_dropped_for_today():
    claim = Claim(id="x", statement="x", source_kind="primary", **{k: v for k, v in BASE.items() if k != "source_kind"})
    month = Check(quantity="points", since=date(2025, 2, 1), day=date(2025, 2, 28), take="closest")
    assert plan_view("hindsight", claim, month, AS_OF).since == date(2025, 2, 1)
    assert vars(plan_view("today", claim, month, AS_OF)) | {"since": AS_OF, "take": "value"} == vars(
        plan_view("today", claim, month, AS_OF)
    )
    change = Check(quantity="standing_lag", since=date(2024, 3, 1), take="change", low=0)
    assert plan_view("today", claim, change, AS_OF).since == date(2025, 1, 1)
    future = Check(quantity="points", day=date(2027, 1, 1))
    assert "after the newest evidence" in plan_view("hindsight", claim, future, AS_OF).blocked
    assert "still to come" in plan_view("vintage", claim, future, AS_OF).blocked


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    source = make_bundled(tmp_path_factory.mktemp("bundled"))
    return source, {claim.id: claim for claim in read_claims(source)}


ANCHORS = [
    ("aiindex2025-humaneval-2024", "supported", 3.7, 0.01),
    ("aiindex2026-arena-points-2023", "supported", 307.0, 0.01),
    ("aiindex2026-arena-2026-03", "supported", 41.0, 0.01),
    ("modelbest-2024-02-overall", "supported", 3.54, 0.01),
    ("modelbest-2024-02-mathematics", "supported", 12.97, 0.01),
    ("epoch-gpt4-14-months", "undetermined", 18.23, 0.01),  # DeepSeek-V2 stays 1.5 points short of GPT-4
    ("zhou-hongyi-2024-02-lag", "undetermined", 13.77, 0.01),  # 18.2 on Epoch AI's index
    ("tsai-2024-04", "contradicted", 12.68, 0.01),
    ("caisi-2026-05-v4", "undetermined", 6.77, 0.1),
    ("aiindex2025-math-2024", "undetermined", 13.3, 0.01),  # the best domestic model of then has no figure on it
    ("superclue-2023-gap", "undetermined", None, 0),
    ("beijing-2023-10-count", "undetermined", None, 0),
]


def test_the_bundled_claims_are_held_against_the_bundled_figures(bundled):
    source, claims = bundled
    rows = check_claims(source, [claims[name] for name, *_ in ANCHORS])
    found = {row["claim"]: row for row in rows if row["view"] == "hindsight"}
    for name, word, value, within in ANCHORS:
        assert (found[name]["verdict"], found[name]["reason"] != "") == (word, True), (name, found[name])
        assert found[name]["value"] == (value if value is None else pytest.approx(value, abs=within)), name


def test_a_benchmark_that_lacks_the_strongest_model_contradicts_nothing(bundled):
    source, claims = bundled
    row = next(row for row in check_claims(source, [claims["aiindex2025-math-2024"]]) if row["view"] == "hindsight")
    assert "the strongest domestic model by the index, qwen/qwq-32b-preview, has no figure" in row["reason"]


def test_every_bundled_claim_has_a_check_or_says_why_not(bundled):
    claims = bundled[1].values()
    assert all(claim.check for claim in claims) and len(claims) == 59
    unchecked = {claim.id for claim in claims if claim.check[0].quantity == "none"}
    assert unchecked == {"superclue-2023-gap", "linjunyang-2026-01", "aa-2026-06-ratio", "aa-2023-ratio"}
