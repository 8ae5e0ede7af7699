"""Read how much a model was let think out of a source's words; the rule is that of collectors/published/README.md.

Before: a setting such as `gpt-5.4-2026-03-05_xhigh`. After: its effort, `xhigh`, or None where the words say nothing of
it; and the tier that ranks it among a model's variants, `model@tier`. The setting itself stays as the source wrote it:
variants are told apart, never merged.
"""

import re

TIERS = ("max", "xhigh", "high", "thinking", "medium", "default", "low", "minimal", "none", "parallel", "base")
"""The tiers, the one that stands for a model first. `default` is also what is not stated. Many answers voted into one
(`parallel`) and weights without instruction tuning (`base`) stand for a model only where nothing else does."""

_STEPS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_FIELD = re.compile(r"\s*[;,]\s*")
_RULES = (
    ("parallel", re.compile(r"parallel test-time compute|parallel attempts|maj@(?!1\b)\d+")),
    ("base", re.compile(r"(?:^|-)base$")),
    (
        "non-thinking",
        re.compile(
            r"(?<![a-z])(?:non-?(?:thinking|reasoning)|no-thinking|deepseek-chat|instant)(?![a-z])"
            r"|qwen3-next.*instruct|qwen3-.*instruct-2507"
        ),
    ),
)
_TIER = re.compile(rf"(?:^|[-_( ]|_pro)(?P<tier>{'|'.join(_STEPS)})(?:-\d+k)?(?:-preview|-\d{{6,8}})?\)?$")
_THINKING = re.compile(
    r"_\d+k$|(?<![a-z])(?P<word>thinking)(?![a-z])|(?:^|[-_(])reasoning\)?$|deepseek-reasoner|\b\d+k thinking\b"
)
_SUFFIX = re.compile(rf"_(?P<pro>pro)?(?P<tier>\d+k|{'|'.join(_STEPS)}|unknown)$", re.IGNORECASE)


def read_effort(setting: str | None, model: str = "") -> str | None:
    """Return the effort that a setting states: a tier, thinking, non-thinking, base or parallel; None where it is
    silent.

    A tier's word that is part of the model's own id (qwen3-max) is no tier, unless an underscore sets it off.
    """
    fields = _FIELD.split((setting or "").strip().lower())
    own_words = set(re.split(r"[-/.]", model.lower()))
    for effort, rule in _RULES:
        if any((found := rule.search(field)) and found[0] not in own_words for field in fields):
            return effort
    for field in fields:
        found = _TIER.search(field)
        if found and (found["tier"] not in own_words or field in _STEPS or field.endswith(f"_{found['tier']}")):
            return found["tier"]
    found = filter(None, map(_THINKING.search, fields))
    return "thinking" if any(match["word"] not in own_words for match in found) else None


def read_tier(effort: str | None, setting: str | None, model: str = "") -> str:
    """Return the tier of a score: of its effort where one is given, else of what `read_effort` reads from its setting.

    Example: `read_tier(None, "gpt-5.4-2026-03-05_xhigh", "openai/gpt-5.4")` is "xhigh".
    """
    stated = effort.lower() if effort else read_effort(setting, model)
    found = stated if stated in TIERS else read_effort(stated)
    return "none" if found == "non-thinking" else found or "default"


def split_effort(name: str) -> tuple[str, str | None]:
    """Return a served name and the tier that an underscore sets off at its end, as Epoch writes them.

    Example: `split_effort("o3-2025-04-16_high")` is `("o3-2025-04-16", "high")`.
    """
    found = _SUFFIX.search(name)
    return (name[: found.start()], found["tier"].lower()) if found else (name, None)
