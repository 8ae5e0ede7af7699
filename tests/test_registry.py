"""Loading the registry: every error at once, in words that name the place, the value and the remedy."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from collectors.entries import Name
from collectors.errors import RegistryError, UsageError
from collectors.registry_loader import load_registry

DEVELOPER = """
developer: acme
name: {en: Acme}
country: CN
models:
  - id: acme/one
    name: {en: One}
    aliases: [One-Chat]
    release_date: 2025-01-02
"""
BENCHMARK = "- {id: sums, name: {en: Sums}, domain: mathematics, chance_floor: 0}"
TASK = """
id: sums
benchmark: sums
name: {en: Sums}
domain: mathematics
lm_eval: {task: gen_sums, metric: exact_match}
generated: true
max_tokens: 64
chance_floor: 0
"""
SUITE = "{id: weekly, tasks: [sums], schedule: {cron: '0 3 * * 1', timezone: Asia/Shanghai}}"
ENDPOINT = """
id: acme-one
model: acme/one
api: openai-chat
base_url: https://api.example.com/v1
served_model: one
api_key_env: ACME_API_KEY
schedule: weekly
"""
FILES = {
    "models/acme.yaml": DEVELOPER,
    "benchmarks.yaml": BENCHMARK,
    "domains.yaml": "- {id: mathematics, name: {en: Mathematics}}",
    "blocs.yaml": (
        "domestic: {name: {en: Domestic}, countries: [CN]}\nfrontier: {name: {en: Frontier}, countries: [US]}"
    ),
    "tasks/sums.yaml": TASK,
    "suites/weekly.yaml": SUITE,
    "endpoints/acme-one.yaml": ENDPOINT,
}


@pytest.fixture
def write(tmp_path):
    def _write(name: str = "base", **changes: str | None) -> Path:
        files = FILES | changes
        for place, text in files.items():
            path = tmp_path / name / place
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, encoding="utf-8")
        return tmp_path / name

    return _write


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        load_registry(bundled=folder)
    return caught.value.problems


def test_a_sound_registry_loads(write):
    registry = load_registry(bundled=write())
    assert registry.bloc_of("acme/one") == "domestic"
    assert [endpoint.id for endpoint in registry.suite_endpoints("weekly")] == ["acme-one"]


def test_which_country_is_domestic_is_one_line(write):
    folder = write(**{"blocs.yaml": FILES["blocs.yaml"].replace("[CN]", "[FR]")})
    assert load_registry(bundled=folder).bloc_of("acme/one") == "other"


def test_an_unregistered_task_is_named_with_the_closest(write):
    (problem,) = problems_of(write(**{"suites/weekly.yaml": SUITE.replace("sums", "sumz")}))
    assert "suites/weekly.yaml: task 'sumz' is not registered; closest: 'sums'." in problem
    assert "registry/tasks/sumz.yaml" in problem


def test_an_unknown_key_is_refused_with_the_closest(write):
    (problem,) = problems_of(write(**{"endpoints/acme-one.yaml": ENDPOINT + "max_concurency: 4\n"}))
    assert "unknown key 'max_concurency'; closest: 'max_concurrency'" in problem


def test_an_unknown_key_inside_a_part_is_refused(write):
    (problem,) = problems_of(write(**{"endpoints/acme-one.yaml": ENDPOINT + "request: {omitt: [seed]}\n"}))
    assert "unknown key 'request.omitt'; closest: 'omit'" in problem


def test_all_errors_are_told_at_once(write):
    folder = write(
        **{
            "endpoints/acme-one.yaml": ENDPOINT.replace("acme/one", "acme/two").replace("weekly", "weakly"),
            "tasks/sums.yaml": TASK.replace("chance_floor: 0", "chance_floor: 3"),
            "domains.yaml": "mathematics",
        }
    )
    problems = "\n".join(problems_of(folder))
    for part in ("model 'acme/two'", "suite 'weakly'", "chance_floor", "expected a list"):
        assert part in problems


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"endpoints/acme-one.yaml": "id: [unclosed"}, "not valid YAML"),
        ({"endpoints/acme-one.yaml": ENDPOINT.replace("id: acme-one", "id: other")}, "differs from the file's name"),
        ({"endpoints/acme-one.yaml": ENDPOINT.replace("ACME_API_KEY", "sk-0123456789abcdef")}, "api_key_env"),
        ({"endpoints/acme-one.yaml": ENDPOINT.replace("https://", "https://user:pw@")}, "no user or password"),
        ({"endpoints/acme-one.yaml": ENDPOINT.replace("https://", "file:///")}, "base_url"),
        ({"models/acme.yaml": DEVELOPER.replace("acme/one", "other/one")}, "starts with its developer"),
        ({"models/acme.yaml": DEVELOPER + "  - {id: acme/two, name: {en: Two}, aliases: [One-Chat]}"}, "two models"),
        ({"models/acme.yaml": DEVELOPER + "  - {id: acme/one, name: {en: Two}}"}, "registered twice"),
        ({"suites/weekly.yaml": SUITE.replace("0 3 * * 1", "often")}, "five fields"),
        ({"suites/weekly.yaml": SUITE.replace("Asia/Shanghai", "Asia/Shangri-La")}, "IANA"),
        ({"tasks/sums.yaml": TASK + "output_type: multiple_choice\n"}, "needs log-likelihoods"),
        ({"tasks/sums.yaml": TASK + "dataset: {local: ../../etc/passwd}\n"}, "without '..'"),
        ({"benchmarks.yaml": BENCHMARK + "\n" + BENCHMARK}, "given twice"),
    ],
)
def test_bad_input_is_refused_with_its_reason(write, change, told):
    assert told in "\n".join(problems_of(write(**change)))


def test_an_overlay_wins_and_adds(write, tmp_path):
    overlay = tmp_path / "overlay/endpoints"
    overlay.mkdir(parents=True)
    (overlay / "acme-one.yaml").write_text(ENDPOINT.replace("served_model: one", "served_model: uno"))
    (overlay / "second.yaml").write_text(ENDPOINT.replace("id: acme-one", "id: second"))
    registry = load_registry([tmp_path / "overlay"], bundled=write())
    assert registry.endpoints["acme-one"].served_model == "uno"
    assert set(registry.endpoints) == {"acme-one", "second"}


def test_a_missing_overlay_is_named(write, tmp_path):
    with pytest.raises(RegistryError, match="no such registry directory"):
        load_registry([tmp_path / "nowhere"], bundled=write())


def test_an_unknown_id_is_answered_with_the_closest(write):
    with pytest.raises(UsageError, match="closest: 'acme-one'"):
        load_registry(bundled=write()).get("endpoints", "acme-on")


def test_a_retired_endpoint_belongs_to_no_suite(write):
    folder = write(**{"endpoints/acme-one.yaml": ENDPOINT + "retired_on: 2026-01-01\n"})
    assert load_registry(bundled=folder).suite_endpoints("weekly") == []


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x1b", "\r"])
def test_a_name_that_is_not_what_it_shows_is_refused(unseen):
    with pytest.raises(ValidationError, match=f"U\\+{ord(unseen):04X}, which no reader sees"):
        Name(en=f"gnp{unseen}exe")
    assert Name(en="模型 é 👩\u200d🔬", zh="两行\n文字")
