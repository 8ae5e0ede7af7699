"""Cohorts: terms, tiers, developers and the names of cohorts.yaml, alone and joined."""

import pytest
import yaml

from collectors.errors import UsageError
from collectors.registry_loader import load_registry
from tests.warehouse_kit import build, land_field, write_registry
from warehouse.cohorts import parse_cohort
from warehouse.figures import list_cohorts
from warehouse.gaps import measure_gap

FIELDS = ("model", "bloc", "developer", "is_open_weights", "params_b", "output_usd_per_1m")
ROWS = [
    ("a", "domestic", "qwen", True, 4.0, 0.5),
    ("b", "domestic", "zai", True, 40.0, 1.0),
    ("c", "frontier", "openai", False, None, 60.0),
    ("d", "frontier", "meta", True, 8.0, None),
    ("e", "other", "mistralai", None, 7.3, None),
    ("f", "baseline", "baseline", True, 1.0, 0.0),
]
MODELS = [dict(zip(FIELDS, row, strict=True)) for row in ROWS]
NAMED = {name: cohort.terms for name, cohort in load_registry().cohorts.items()}
DEVELOPERS = ["qwen", "zai", "openai", "meta", "mistralai", "baseline"]


def select(text: str) -> str:
    chosen = parse_cohort(text, DEVELOPERS, NAMED).select(MODELS)
    return "".join(model["model"] for model, is_in in zip(MODELS, chosen, strict=True) if is_in)


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("domestic", "ab"), ("frontier", "cd"), ("other", "e"), ("all", "abcde"),
        ("open", "abd"), ("closed", "c"),  # e's licence is not known: it is in neither
        ("4b", "a"), ("10b", "ade"), ("40b", "abde"), ("7.3b", "ae"),
        ("1usd", "ab"), ("0.5usd", "a"),
        ("qwen", "a"), ("baseline", ""),
        ("domestic+open+10b", "a"), ("frontier,open", "d"), ("Domestic 40B", "ab"),
        ("open-weights", "abd"), ("closed-weights", "c"), ("frontier-closed", "c"), ("domestic-open", "ab"),
        ("up-to-4b", "a"), ("up-to-10b", "ade"), ("up-to-40b", "abde"), ("up-to-1usd", "ab"), ("up-to-5usd", "ab"),
        ("domestic+up-to-10b", "a"), ("domestic-open+4b", "a"), ("domestic+domestic-open", "ab"),
    ],
)  # fmt: skip
def test_a_cohort_is_what_every_term_of_it_holds_for(text, models):
    assert select(text) == models


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("+", "is empty"),
        ("up-to-1b", "got 'up-to-1b'; closest: 'up-to-10b'"),
        ("opne", "closest: 'open'"),
    ],
)
def test_what_is_no_cohort_is_refused_with_the_closest_name(text, words):
    with pytest.raises(UsageError, match=words):
        select(text)


def test_a_name_stands_for_its_terms_and_every_bundled_one_is_in_both_languages():
    assert parse_cohort("domestic+domestic-open", DEVELOPERS, NAMED).text == "domestic+open"
    cohorts = load_registry().cohorts.values()
    assert all(cohort.name.en and cohort.name.zh for cohort in cohorts) and len(NAMED) >= 10


def test_a_registered_name_and_an_overlays_own_are_asked_of_a_snapshot(tmp_path):
    registry = write_registry(tmp_path / "registry")
    named = [{"id": "small", "terms": "40b", "name": {"en": "Small"}}]
    (registry / "cohorts.yaml").write_text(yaml.safe_dump(named), encoding="utf-8")
    land_field(tmp_path / "home")
    snapshot = build(tmp_path / "home", load_registry(bundled=registry))
    found = measure_gap(snapshot, benchmark="quiz", domestic="small", frontier="columbia").to_document()
    assert (found["domestic"], found["frontier"]) == ("40b", "columbia")
    assert found["n_models"] == {"domestic": 2, "frontier": 3}  # cathay/one and columbia/uno have 7 billion


def test_tiers_stand_by_size_then_by_price_the_least_first(tmp_path):
    registry, terms = write_registry(tmp_path / "registry"), ["5usd", "100b", "1usd", "40b", "open+4b", "open"]
    named = [{"id": f"c{place}", "terms": text, "name": {"en": text}} for place, text in enumerate(terms)]
    (registry / "cohorts.yaml").write_text(yaml.safe_dump(named), encoding="utf-8")
    land_field(tmp_path / "home")
    rows = list_cohorts(build(tmp_path / "home", load_registry(bundled=registry)))
    found = [row["name_en"] for row in rows if row["kind"] == "named"]
    assert found == ["open", "open+4b", "40b", "100b", "1usd", "5usd"]
