"""The importers there are, by the name that `modelgap import` takes.

Before: a word on the command line. After: the module that collects and parses, and the registered source it files
figures under. A test fails any module of this package with a `parse` that is not listed here.
"""

from dataclasses import dataclass
from importlib import import_module

from collectors.errors import UsageError
from collectors.importers.contract import Importer
from collectors.registry_checks import find_closest

PUBLISHED = "published"
"""The figures that come with modelgap: `collectors.published` lands them."""


@dataclass(frozen=True)
class Entry:
    """One importer: its module, the source in registry/sources, what it takes, the addresses it fetches by itself."""

    module: str
    source: str
    takes: str
    addresses: tuple[str, ...] = ()

    def load(self) -> Importer:
        """Return the importer's module."""
        return import_module(f"collectors.importers.{self.module}")


_ARENA = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/main"
CATALOGUE = {
    "epoch-eci": Entry(
        "epoch_eci", "epoch-eci", "Epoch's index file (CSV)", ("https://epoch.ai/data/eci_benchmarks.csv",)
    ),
    "epoch-benchmarks": Entry(
        "epoch_benchmarks",
        "epoch-benchmarking-hub",
        "Epoch's benchmark files (zip or CSV)",
        ("https://epoch.ai/data/benchmark_data.zip",),
    ),
    "lmarena": Entry(
        "lmarena",
        "lmarena",
        "arena boards (JSON, Parquet) or a history of boards (CSV)",
        tuple(
            f"{_ARENA}/{board}/latest-00000-of-00001.parquet"
            for board in ("text", "text_style_control", "text_to_video")
        ),
    ),
    "lm-eval": Entry("lm_eval_results", "lm-eval", "a folder that `lm-eval run` wrote"),
    "every-eval-ever": Entry("every_eval_ever", "every-eval-ever", "Every Eval Ever records (JSON, JSON lines)"),
    "inspect": Entry("inspect_logs", "inspect", "Inspect logs (.eval, .json)"),
    "helm": Entry("helm", "helm", "HELM run folders"),
    "open-llm-leaderboard": Entry("open_llm_leaderboard", "open-llm-leaderboard", "Open LLM Leaderboard results"),
    "hf-model-card": Entry("hf_model_cards", "hf-model-card", "evaluation results of Hugging Face model cards"),
    "scores-csv": Entry("scores_csv", "scores-csv", "figures in the documented CSV, see --template"),
}
"""By the name on the command line."""


def find_importer(name: str) -> Entry:
    """Return the importer of this name. Raises UsageError naming the closest."""
    if name not in CATALOGUE:
        known = [PUBLISHED, *CATALOGUE]
        raise UsageError(
            f"import: source is not known; got {name!r}{find_closest(name, known)}. Use one of: {', '.join(known)}."
        )
    return CATALOGUE[name]
