"""The one exception tree: every error a user can cause or meet is a `ModelgapError`.

A message reads `<where>: <what is wrong>; got <value>. <what to do>`.
"""

from collections.abc import Sequence


class ModelgapError(Exception):
    """An error with a message fit for a user; the command line prints it and exits with `exit_code`."""

    exit_code = 2


class RegistryError(ModelgapError):
    """The registry's YAML is wrong; carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[str]):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class UsageError(ModelgapError):
    """What was asked for does not exist or does not fit together."""


class LandingError(ModelgapError):
    """A landed run is missing, torn or does not match its checksums."""


class CollectError(ModelgapError):
    """A collection could not be done or fell short."""

    exit_code = 1


class WarehouseError(ModelgapError):
    """The warehouse could not be built, checked, published or read."""

    exit_code = 1


class PayloadError(ModelgapError):
    """An outside publication cannot be read as what it should be; nothing of it landed."""


class FetchError(ModelgapError):
    """An outside publication could not be fetched."""

    exit_code = 1
