"""Read the effort tier out of how a source words its setting.

Before: an effort given with the score, or the source's free text such as `gpt-5.4-2026-03-05_xhigh` or
`thinking; no tools`. After: one tier of the stated order. A model at a tier is a variant, `model@tier`.
"""

import re

TIERS = (
    "max",
    "xhigh",
    "high",
    "thinking",
    "medium",
    "default",
    "low",
    "minimal",
    "none",
    "parallel",
    "base",
)
"""The tiers, the one that stands for a model first. `default` is also what is not stated. Many answers voted into one
(`parallel`) and weights without instruction tuning (`base`) stand for a model only where nothing else does."""

_WORDS = {
    **{tier: tier for tier in TIERS},
    "promax": "max",
    "extended-thinking": "thinking",
    "reasoning": "thinking",
    "thinking-minimal": "minimal",
    "non-thinking": "none",
    "nonthinking": "none",
    "no-thinking": "none",
    "non-reasoning": "none",
    "pretrained": "base",
}
_ENDING = re.compile(
    r"(?:^|[-_(]| (?!reasoning))("
    + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
    + r")(?:-\d+k)?(?:-preview|-\d{6,8})?\)?$"
)
_BUDGET = re.compile(r"_\d+k$|\b\d+k thinking\b|extended thinking")
_FIELD = re.compile(r"\s*[;,]\s*")


def parse_tier(effort: str | None, setting: str | None, model: str = "") -> str:
    """Return the tier of a score, from its `effort` if it has one, else from the words that end a field of its setting.

    A word that is in the model's own id (`alibaba/qwen3-max`, `mistralai/mistral-medium`) is no tier, but for one
    set off by an underscore.

    Example: `parse_tier(None, "gpt-5.4-2026-03-05_xhigh", "openai/gpt-5.4")` is "xhigh".
    """
    if effort:
        return _WORDS.get(effort.lower().replace(" ", "-"), "default")
    text = (setting or "").lower().strip()
    if "parallel test-time compute" in text:
        return "parallel"
    own_words = set(re.split(r"[-/.]", model.lower()))
    found = [tier for field in _FIELD.split(text) if (tier := _parse_field(field, own_words))]
    return min(found, key=TIERS.index) if found else "default"


def _parse_field(field: str, own_words: set[str]) -> str | None:
    if _BUDGET.search(field):
        return "thinking"
    ending = _ENDING.search(field)
    if ending is None or (ending[1] in own_words and not field.endswith(f"_{ending[1]}") and field != ending[1]):
        return None
    return _WORDS[ending[1]]
