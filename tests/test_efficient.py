"""What a score costs: the least size or price that reaches it, by cohort and date, on a made-up field."""

import json
from datetime import date

import pytest
import yaml
from typer.testing import CliRunner

from collectors.errors import UsageError
from collectors.registry_loader import load_registry
from modelgap import app
from tests.warehouse_kit import build, land, published, write_registry
from warehouse.efficient import measure_efficiency
from warehouse.gaps import Question

SCORES = {"cathay/one": 0.40, "cathay/two": 0.62, "cathay/three": 0.71, "columbia/uno": 0.45, "columbia/dos": 0.70,
          "columbia/tres": 0.80, "europa/un": 0.50}  # fmt: skip
SIZES = {"one": 70, "two": 30, "three": 4, "uno": 175, "dos": None, "tres": None, "un": 7}
PRICES = {"uno": 60.0, "dos": 10.0, "tres": 2.0, "three": 0.5}
QUIZ = Question(benchmark="quiz")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """The made-up field with sizes and prices of our own; one frontier model's size is known."""
    folder = tmp_path_factory.mktemp("efficient")
    registry = write_registry(folder / "registry")
    for path in (registry / "models").glob("*.yaml"):
        developer = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in developer["models"]:
            stem = model["id"].split("/")[1]
            model["params_b"] = SIZES.get(stem)
            model["active_params_b"] = 1 if stem == "three" else None
            if stem in PRICES:
                model["prices"] = [
                    {"from": date(2024, 1, 1), "input": 1, "output": PRICES[stem]},
                    {"from": date(2026, 1, 1), "input": 1, "output": PRICES[stem] / 10},
                ]
        path.write_text(yaml.safe_dump(developer), encoding="utf-8")
    land(folder / "home", "field", [published(model, score) for model, score in SCORES.items()])
    return build(folder / "home", load_registry(bundled=registry))


def steps(found, cohort: str, what: str = "reached") -> list[tuple[str, float]]:
    return [(step.model, step.cost) for part in found.cohorts if part.cohort == cohort for step in getattr(part, what)]


def test_the_least_size_that_reaches_a_models_score_by_cohort_and_date(snapshot):
    found = measure_efficiency(snapshot, QUIZ, reach_model="columbia/uno")
    assert (found.target.score, found.target.released, found.target.cost) == (0.45, date(2024, 1, 1), 175)
    assert steps(found, "domestic") == [("cathay/two", 30), ("cathay/three", 4)]
    assert steps(found, "frontier") == [("columbia/uno", 175)]
    assert steps(found, "all") == [("columbia/uno", 175), ("cathay/two", 30), ("europa/un", 7), ("cathay/three", 4)]
    assert {part.cohort: (part.n_costed, part.n_models) for part in found.cohorts} == {
        "domestic": (3, 3), "frontier": (1, 3), "all": (5, 7)
    }  # fmt: skip


def test_models_released_later_play_no_part(snapshot):
    early = measure_efficiency(snapshot, Question(benchmark="quiz", as_of=date(2025, 3, 1)), reach=0.45)
    assert steps(early, "domestic") == [("cathay/two", 30)]
    assert steps(measure_efficiency(snapshot, QUIZ, reach=0.75), "domestic") == []


def test_the_price_is_that_of_the_first_list_and_active_parameters_are_their_own(snapshot):
    found = measure_efficiency(snapshot, QUIZ, by="price", reach=0.45)
    assert steps(found, "frontier") == [("columbia/uno", 60.0), ("columbia/dos", 10.0), ("columbia/tres", 2.0)]
    assert steps(measure_efficiency(snapshot, QUIZ, by="active", reach=0.45), "domestic") == [("cathay/three", 1)]


def test_without_a_target_there_are_the_record_curves(snapshot):
    found = measure_efficiency(snapshot, QUIZ, cohorts=["all"])
    assert found.target is None and steps(found, "all") == []
    assert steps(found, "all", "curve") == [("cathay/three", 4)]
    assert steps(measure_efficiency(snapshot, QUIZ, by="price"), "frontier", "curve") == [("columbia/tres", 2.0)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"by": "sise"}, "got 'sise'; closest: 'size'"),
        ({"reach_model": "cathay/for"}, "has no score on 'quiz'; got 'cathay/for'"),
        ({"reach": 80.0}, "out of the range of 'quiz'; got 80. Give a score from 0 to 1"),
        ({"reach": float("nan")}, "got nan"),
        ({"reach": 0.5, "reach_model": "cathay/two"}, "one target at a time"),
        ({"cohorts": ["smal"]}, "cohort: no such term"),
    ],
)
def test_what_cannot_be_asked_is_refused(snapshot, asked, words):
    with pytest.raises(UsageError, match=words):
        measure_efficiency(snapshot, QUIZ, **asked)


def test_the_command_says_it_in_words_and_as_a_document(snapshot, monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(snapshot.path.parents[1]))
    asked = ["efficiency", "--benchmark", "quiz", "--reach-model", "columbia/dos", "--cohort", "domestic"]
    document = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert document["target"] == {"score": 0.7, "model": "columbia/dos", "released": "2024-12-01", "cost": None}
    assert document["cohorts"]["domestic"]["cheapest"]["model"] == "cathay/three"
    text = CliRunner().invoke(app, asked).stdout
    assert "What reaches 70.0, the score of columbia/dos (cost not known, 2024-12-01), in billion parameters" in text
    assert "2025-11-01          4      71.0  cathay/three" in text
    assert "  none" in CliRunner().invoke(app, ["efficiency", "--benchmark", "quiz", "--reach", "0.9"]).stdout
