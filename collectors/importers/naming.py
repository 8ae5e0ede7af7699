"""Find the registered model that a source's name means; never guess.

Before: a name as some publication writes it. After: a model id, or None and the nearest registered names to choose
from.
"""

import difflib
import re
from functools import cached_property

from collectors.registry_loader import Registry

_SEPARATORS = re.compile(r"[\s_]+")


def normalise(name: str) -> str:
    """Return a name without differences of case and of blank, underscore or dash."""
    return _SEPARATORS.sub("-", name.strip()).casefold()


class ModelNames:
    """The ids and aliases of a registry, looked up exactly first, then without regard to case and separators.

    A name that would then mean two models means none.
    """

    def __init__(self, registry: Registry):
        self._exact: dict[str, str] = {}
        self._loose: dict[str, str | None] = {}
        for model in registry.models.values():
            for name in (model.id, model.id.partition("/")[2], model.name.en, *model.aliases):
                loose = normalise(name)
                if self._loose.setdefault(loose, model.id) != model.id:
                    self._loose[loose] = None
            self._exact |= dict.fromkeys((model.id, *model.aliases), model.id)

    def find(self, name: str) -> str | None:
        """Return the id of the model that `name` is an id, alias or name of, or None."""
        return self._exact.get(name) or self._loose.get(normalise(name))

    def list_nearest(self, name: str, n: int = 3) -> list[str]:
        """Return up to `n` ids of models with a name near to `name`, nearest first."""
        close = difflib.get_close_matches(normalise(name), self._candidates, n=4 * n, cutoff=0.5)
        return list(dict.fromkeys(self._loose[match] for match in close))[:n]

    @cached_property
    def _candidates(self) -> list[str]:
        return [name for name, model in self._loose.items() if model]
