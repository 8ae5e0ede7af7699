"""`endpoints probe` and `endpoints estimate`, over real HTTP and with the real tasks."""

import json

import pytest
from typer.testing import CliRunner

from collectors.commands import mount
from collectors.errors import UsageError


@pytest.fixture
def ask():
    import typer

    app = typer.Typer()
    mount(app)

    def _ask(*arguments: str):
        return CliRunner().invoke(app, ["endpoints", *arguments])

    return _ask


def test_a_probe_says_how_the_call_ended(ask):
    result = ask("probe", "baseline-calculator", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (document["outcome"], document["returned_model"]) == ("ok", "baseline/calculator")
    assert "42" in document["answer"]


def test_a_probe_of_nothing_listening_falls_short(ask, tmp_path, monkeypatch):
    folder = tmp_path / "overlay/endpoints"
    folder.mkdir(parents=True)
    (folder / "nobody.yaml").write_text(
        "{id: nobody, model: baseline/chance, api: openai-chat, base_url: 'http://127.0.0.1:9', served_model: x}"
    )
    monkeypatch.setenv("MODELGAP_REGISTRY", str(folder.parent))
    result = ask("probe", "nobody", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["outcome"] == "network"


def test_an_estimate_counts_items_and_bounds_tokens_by_the_limits(ask):
    result = ask("estimate", "baseline-chance", "--task", "gen-dates", "--limit", "5", "--json")
    (row,) = json.loads(result.stdout)
    assert (row["task"], row["n_items"], row["usd"], row["basis"]) == ("gen-dates", 10, 0.0, "limits")
    assert row["input_tokens"] > 10 * 10
    assert row["output_tokens"] == 10 * 8192


def test_an_estimate_needs_a_suite_or_a_task(ask):
    result = ask("estimate", "vllm-mistral-7b")
    assert isinstance(result.exception, UsageError)
    assert "Give --suite or --task" in str(result.exception)
