"""`modelgap endpoints`: list, show, new, check; a key's value is shown nowhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import modelgap
from collectors.errors import RegistryError, UsageError
from collectors.registry_loader import load_registry

ROOT = Path(__file__).resolve().parents[1]
NEW = ("endpoints", "new", "--id", "mine", "--model", "mistralai/mistral-7b", "--base-url", "http://localhost:9000/v1")
COMPLETIONS = """
id: mine
model: mistralai/mistral-7b
api: {api}
base_url: http://localhost:9000/v1
served_model: mistral-7b
loglikelihood: {loglikelihood}
schedule: chosen
"""
CHOICE_TASK = """
id: choice
benchmark: mmlu
name: {en: Choice}
domain: knowledge
lm_eval: {task: mmlu_abstract_algebra, metric: acc}
output_type: multiple_choice
dataset: {hub: cais/mmlu}
max_tokens: 16
chance_floor: 0.25
"""


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for endpoint in load_registry().endpoints.values():
        if endpoint.api_key_env:
            monkeypatch.delenv(endpoint.api_key_env, raising=False)


@pytest.fixture
def run():
    def _run(*arguments: str) -> str:
        result = CliRunner().invoke(modelgap.app, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return _run


@pytest.fixture
def overlay(tmp_path, monkeypatch):
    """Write files into an overlay that is in use."""
    monkeypatch.setenv("MODELGAP_REGISTRY", str(tmp_path / "overlay"))

    def _write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / "overlay" / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".yaml").write_text(text, encoding="utf-8")
        return tmp_path / "overlay"

    return _write


def test_list_gives_every_endpoint_with_its_bloc_and_key_variable(run):
    rows = {row["endpoint"]: row for row in json.loads(run("endpoints", "list", "--json"))}
    assert set(rows) == set(load_registry().endpoints)
    assert rows["deepseek-v4-pro"] == {
        "endpoint": "deepseek-v4-pro",
        "model": "deepseek/deepseek-v4-pro",
        "bloc": "domestic",
        "api": "openai-chat",
        "served_model": "deepseek-v4-pro",
        "base_url": "https://api.deepseek.com",
        "effort": "thinking",
        "api_key_env": "DEEPSEEK_API_KEY",
        "key_is_set": False,
        "suites": ["weekly-core"],
        "is_simulated": False,
        "retired_on": None,
    }
    assert rows["baseline-chance"]["is_simulated"]
    assert rows["vllm-mistral-7b"]["key_is_set"] is None
    assert list(rows)[-1] == "deepseek-reasoner"


def test_list_can_keep_one_bloc(run):
    blocs = {row["bloc"] for row in json.loads(run("endpoints", "list", "--bloc", "other", "--json"))}
    assert blocs == {"other"}
    with pytest.raises(UsageError, match=r"--bloc: not known; got 'foreign'. Use one of domestic, frontier"):
        run("endpoints", "list", "--bloc", "foreign")


def test_tables_name_the_key_s_variable_and_never_its_value(run, monkeypatch):
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-a-value-to-hide")
    for arguments in (("list",), ("list", "--json"), ("show", "deepseek-v4-pro"), ("check",), ("check", "--json")):
        text = run("endpoints", *arguments)
        assert "value-to-hide" not in text
    table = run("endpoints", "list")
    assert "OPENAI_API_KEY not set" in table
    assert "DEEPSEEK_API_KEY not set" not in table
    assert "retired 2026-07-24" in table


def test_show_gives_all_and_what_is_asked(run):
    document = json.loads(run("endpoints", "show", "kimi-k2.6", "--json"))
    assert document["request"]["max_tokens_field"] == "max_completion_tokens"
    assert document["request"]["omit"] == ["temperature", "seed"]
    assert document["thinking"]["field"] == "reasoning_content"
    assert "gsm8k" in document["tasks"]
    assert "api_key_env: MOONSHOT_API_KEY" in run("endpoints", "show", "kimi-k2.6")
    with pytest.raises(UsageError, match=r"got 'kimi-k2.66'; closest: 'kimi-k2.6'"):
        run("endpoints", "show", "kimi-k2.66")


def test_new_writes_a_commented_file_that_loads(run, tmp_path):
    options = ("--key-env", "MINE_API_KEY", "--thinking", "reasoning_content", "--schedule", "weekly-core")
    written = Path(run(*NEW, *options, "--into", str(tmp_path / "over")).splitlines()[0])
    assert written == tmp_path / "over" / "endpoints" / "mine.yaml"
    assert "# the variable's name, never a key" in written.read_text(encoding="utf-8")
    endpoint = load_registry([tmp_path / "over"]).endpoints["mine"]
    assert (endpoint.served_model, endpoint.api_key_env, endpoint.schedule) == (
        "mistral-7b", "MINE_API_KEY", "weekly-core",
    )  # fmt: skip
    assert endpoint.thinking.field == "reasoning_content"


def test_new_writes_into_the_last_overlay_in_use(run, overlay):
    folder = overlay(domains="- {id: extra, name: {en: Extra}}")
    run(*NEW)
    assert (folder / "endpoints" / "mine.yaml").is_file()
    with pytest.raises(UsageError, match="the id is taken; got 'mine'"):
        run(*NEW)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--model", "mistralai/mistral-7bb"), "got 'mistralai/mistral-7bb'; closest: 'mistralai/mistral-7b'"),
        (("--schedule", "weekly"), "suite is not registered; got 'weekly'; closest: 'weekly-core'"),
        (("--api", "openai"), "api: Input should be 'openai-chat', 'openai-completions' or 'anthropic-messages'"),
        (("--id", "Mine!"), "id: String should match pattern"),
        (("--id", "deepseek-v4-pro"), "the id is taken; got 'deepseek-v4-pro'"),
        (("--base-url", "localhost:9000"), "base_url:"),
        (("--base-url", "https://me:hunter2@example.com/v1"), "must hold no user or password"),
        (("--key-env", "sk-abcdefghijklmnop"), "wants the name of an environment variable"),
    ],
)
def test_new_refuses_what_does_not_fit_and_leaves_nothing(options, words, run, tmp_path):
    with pytest.raises(UsageError) as caught:
        run(*NEW, "--into", str(tmp_path / "over"), *options)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "abcdefghij" not in str(caught.value)
    assert not list(tmp_path.glob("over/**/*.yaml"))


def test_new_never_writes_over_a_file(run, tmp_path):
    run(*NEW, "--into", str(tmp_path / "over"))
    with pytest.raises(UsageError, match="a file of this name exists already"):
        run(*NEW, "--into", str(tmp_path / "over"))


def test_new_refuses_a_chat_endpoint_for_a_suite_of_multiple_choice(run, overlay):
    folder = overlay(tasks__choice=CHOICE_TASK, suites__chosen="{id: chosen, tasks: [choice]}")
    with pytest.raises(RegistryError, match="'choice' is multiple_choice and needs log-likelihoods"):
        run(*NEW, "--schedule", "chosen")
    assert not (folder / "endpoints" / "mine.yaml").exists()


def test_check_says_what_is_there_and_which_keys_are_not_set(run, monkeypatch):
    monkeypatch.setenv("ZAI_API_KEY", "anything")
    text = run("endpoints", "check")
    assert text.startswith("The registry is right: ")
    assert "DEEPSEEK_API_KEY is not set: deepseek-v4-flash" in text
    assert "ZAI_API_KEY" not in text
    document = json.loads(run("endpoints", "check", "--json"))
    assert (document["ok"], document["problems"]) == (True, [])
    assert document["counts"]["endpoints"] == len(load_registry().endpoints)
    assert "deepseek-chat" not in document["unset_keys"]["DEEPSEEK_API_KEY"]


@pytest.mark.parametrize(("api", "loglikelihood"), [("openai-chat", "false"), ("openai-completions", "false")])
def test_check_refuses_multiple_choice_where_no_likelihood_is_given(api, loglikelihood, run, overlay):
    overlay(
        tasks__choice=CHOICE_TASK,
        suites__chosen="{id: chosen, tasks: [choice]}",
        endpoints__mine=COMPLETIONS.format(api=api, loglikelihood=loglikelihood),
    )
    with pytest.raises(RegistryError, match=f"endpoint 'mine' does not give; got api '{api}'"):
        run("endpoints", "check")


def test_check_lets_multiple_choice_pass_where_likelihoods_are_given(run, overlay):
    overlay(
        tasks__choice=CHOICE_TASK,
        suites__chosen="{id: chosen, tasks: [choice]}",
        endpoints__mine=COMPLETIONS.format(api="openai-completions", loglikelihood="true"),
    )
    assert json.loads(run("endpoints", "check", "--json"))["ok"]


def test_check_tells_all_errors_at_once_and_shows_nothing_that_may_be_a_key(overlay):
    head = "model: mistralai/mistral-7b\napi: openai-chat\nserved_model: x\n"
    folder = overlay(
        endpoints__one=f"id: one\nbase_url: https://x.example/v1\n{head}api_key_env: sk-aVeryRealKey123\ntypo: 1\n",
        endpoints__two=f"id: two\nbase_url: https://me:hunter2@x.example/v1\n{head}",
        endpoints__three=(
            f"id: three\nbase_url: https://x.example/v1\n{head}request: {{extra: {{api_key: hunter2}}}}\n"
        ),
        endpoints__four=f"id: four\nbase_url: https://x.example/v1\n{head}".replace("mistral-7b", "mistral-77b"),
    )
    result = subprocess.run(
        [sys.executable, str(ROOT / "modelgap.py"), "endpoints", "check", "--json", "--registry", str(folder)],
        capture_output=True, text=True, env={**os.environ, "MODELGAP_REGISTRY": ""}, check=False,
    )  # fmt: skip
    document = json.loads(result.stdout)
    assert result.returncode == 2
    assert document["ok"] is False
    told = "\n".join(document["problems"])
    assert told == result.stderr.strip()
    for words in (
        "one.yaml: api_key_env: String should match pattern",
        "one.yaml: unknown key 'typo'",
        "two.yaml: entry: 'base_url' must hold no user or password",
        "three.yaml: request.extra: 'extra' must hold no key",
        "four.yaml: model 'mistralai/mistral-77b' is not registered; closest: 'mistralai/mistral-7b'",
    ):
        assert words in told
    assert "aVeryReal" not in told
    assert "hunter2" not in told
