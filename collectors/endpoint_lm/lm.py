"""The language model that lm-eval sees: every request becomes a call with one typed, logged outcome.

Before: lm-eval's `Instance` objects of all tasks of a run. After: their answers in order, and a `CallRecord` of each
call in the call log. A call that gave no text answers '' here; who scores must go by its outcome, never by that ''.
"""

from collections.abc import Callable, Mapping

import lm_eval.models  # noqa: F401  (lm-eval's registry loses its built-in models if another is imported first)
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from collectors.call_log import CallLog, CallRecord
from collectors.entries import Endpoint


class EndpointLM(LM):
    """An lm-eval model over one registered endpoint; pass the instance to `simple_evaluate(model=…)`.

    `max_tokens` maps lm-eval task names to their token limit and wins over what the task's YAML says. `base_url` is
    where an embedded endpoint was started. `on_call` is told of each call as it ends (also of those replayed).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        log: CallLog,
        *,
        max_tokens: Mapping[str, int],
        base_url: str | None = None,
        on_call: Callable[[CallRecord], None] | None = None,
    ):
        super().__init__()
        self.endpoint = endpoint
        self._log = log
        self._max_tokens = max_tokens
        self._base_url = base_url
        self._on_call = on_call

    def generate_until(self, requests: list[Instance]) -> list[str]:
        """Return the answer to each request, in order; '' where the call ended in neither ok nor truncated."""
        raise NotImplementedError

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        """Return (log-likelihood, is greedy) of each continuation."""
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        """Return the log-likelihood of each text."""
        raise NotImplementedError
