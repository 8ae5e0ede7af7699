"""Read YAML from strangers: bounded, without aliases, tags, deep nesting or keys that stand twice.

Before: text. After: plain values. An alias bomb of a few lines would fill the memory of whoever walks through it; a key
that stands twice would say one thing here and another elsewhere.
"""

import yaml

from collectors.errors import PayloadError

MAX_BYTES = 8 << 20
MAX_DEPTH = 64
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRONT_MATTER = "---"


class _UniqueLoader(_Loader):
    """Refuses a mapping whose key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return the mapping. Raises a ConstructorError at the second of two equal keys."""
        seen = set()
        for key_node, _ in node.value:
            key = (key_node.tag, key_node.value) if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or key in seen:
                problem = "a key stands twice" if key else "a key is no plain word"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(text: str, name: str) -> object:
    """Return the one YAML document in `text`, a file's by `name`. Raises PayloadError for any that could harm."""
    if len(text) > MAX_BYTES:
        raise PayloadError(f"{name}: YAML of more than {MAX_BYTES >> 20} MiB; got {len(text)} bytes. Check what it is.")
    try:
        _check_events(text, name)
        return yaml.load(text, Loader=_UniqueLoader)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise PayloadError(f"{name}{line}: not valid YAML: {problem}. Mend the file.") from None


def split_front_matter(text: str) -> str | None:
    """Return the YAML between the two lines of `---` that a Markdown file begins with; None where there is none."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != _FRONT_MATTER:
        return None
    ends = (number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FRONT_MATTER)
    end = next(ends, None)
    return "\n".join(lines[1:end]) if end else None


def _check_events(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1
            raise PayloadError(f"{name}:{line}: YAML with aliases is not read; got *{event.anchor[:50]}. Write it out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise PayloadError(f"{name}: YAML nested deeper than {MAX_DEPTH}. Check what it is.")
