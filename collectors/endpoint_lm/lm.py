"""The language model that lm-eval sees: every request becomes a call with one typed, logged outcome.

Before: lm-eval's `Instance` objects of all tasks of a run. After: their answers in order, and a `CallRecord` of each
call in the call log. A call that gave no text answers '' here; who scores must go by its outcome, never by that ''.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import lm_eval.models  # noqa: F401  (lm-eval's registry loses its built-in models if another is imported first)
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from collectors.call_log import CallLog, CallRecord
from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.caller import Caller, Job, RetryPolicy, add_usage
from collectors.endpoint_lm.logprobs import decode_loglikelihood, read_loglikelihood
from collectors.endpoint_lm.messages import Usage
from collectors.endpoint_lm.payloads import (
    ChatPrompt,
    build_generation,
    build_loglikelihood,
    check_request_options,
    encode_chat,
    read_token_limit,
)
from collectors.endpoint_lm.replies import read_generation
from collectors.errors import CollectError
from collectors.records import Outcome

_WITH_TEXT = frozenset({Outcome.OK, Outcome.TRUNCATED})
_UNTOLD = (-math.inf, False)


class EndpointLM(LM):
    """An lm-eval model over one registered endpoint; pass the instance to `simple_evaluate(model=…)`.

    `max_tokens` maps lm-eval task names to their token limit and wins over what the task's YAML says. `base_url` is
    where an embedded endpoint was started. `on_call` is told of each call as it ends (also of those replayed).

    What the log holds as settled (ok, refused, truncated) is replayed; everything else is asked for, again if need
    be. Raises CollectError where the endpoint's entry, its key variable or a task does not fit; a failing call never
    raises.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        log: CallLog,
        *,
        max_tokens: Mapping[str, int],
        base_url: str | None = None,
        on_call: Callable[[CallRecord], None] | None = None,
        retries: RetryPolicy | None = None,
    ):
        super().__init__()
        check_request_options(endpoint)
        self.endpoint = endpoint
        self._log = log
        self._max_tokens = max_tokens
        self._on_call = on_call or (lambda _record: None)
        self._records: dict[str, CallRecord | None] = {}
        self._caller = Caller(endpoint, self._keep, base_url, retries)

    @property
    def tokenizer_name(self) -> str:
        """The name under which lm-eval files requests that it caches."""
        return f"endpoint-{self.endpoint.id}"

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> ChatPrompt:
        """Return the conversation as it is, for a chat API to apply the model's own template."""
        return encode_chat(chat_history)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Return the answer to each request, in order; '' where the call ended in neither ok nor truncated."""
        records = self._collect([self._generation_job(*pair) for pair in _number_repeats(requests)])
        return [record.answer or "" if record.outcome in _WITH_TEXT else "" for record in records]

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """Return (log-likelihood, is greedy) of each continuation; (-inf, False) where the call failed."""
        self._need_loglikelihood()
        jobs = []
        for request, repeat in _number_repeats(requests):
            context, continuation = request.args[0], request.args[1]
            # As lm-eval does: a space at the border belongs to the continuation, where tokenizers put it.
            border = len(context.rstrip())
            jobs.append(self._likelihood_job(request, repeat, context + continuation, context[border:] + continuation))
        return self._read_likelihoods(jobs)

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """Return the log-likelihood of each text, asked for whole; -inf where the call failed."""
        self._need_loglikelihood()
        jobs = [
            self._likelihood_job(item, repeat, item.args[0], item.args[0]) for item, repeat in _number_repeats(requests)
        ]
        return [total for total, _ in self._read_likelihoods(jobs)]

    def _collect(self, jobs: Sequence[Job]) -> list[CallRecord]:
        self._records = {job.key: self._log.get(job.key) for job in jobs}
        pending = [job for job in jobs if not _is_settled(self._records[job.key])]
        for record in filter(_is_settled, self._records.values()):
            self._on_call(record)
        if pending:
            self._caller.run(pending)
        return [self._records[job.key] for job in jobs]

    def _keep(self, record: CallRecord) -> None:
        earlier = self._records[record.call_key]
        whole = _add_up(earlier, record) if earlier else record
        self._log.put(whole)
        self._records[record.call_key] = whole
        self._on_call(whole)

    def _generation_job(self, request: Instance, repeat: int) -> Job:
        context, options = request.args[0], request.args[1]
        limit = self._max_tokens.get(request.task_name) or read_token_limit(options)
        if not limit:
            raise CollectError(
                f"task {request.task_name}: it states no token limit; got none. Give max_tokens in its registry entry."
            )
        endpoint = self.endpoint
        body, stops = build_generation(endpoint, context, options, limit, repeat)
        return self._job(
            request,
            repeat,
            body,
            limit,
            lambda exchange: read_generation(exchange, endpoint.api, endpoint.thinking, stops),
        )

    def _likelihood_job(self, request: Instance, repeat: int, text: str, continuation: str) -> Job:
        body = build_loglikelihood(self.endpoint, text)
        return self._job(request, repeat, body, 1, lambda exchange: read_loglikelihood(exchange, continuation))

    def _job(self, request: Instance, repeat: int, body: dict, max_tokens: int, read: Callable) -> Job:
        canonical = json.dumps(body, sort_keys=True)
        item = [self.endpoint.id, request.task_name, request.doc_id, request.idx, repeat, canonical]
        key = hashlib.sha256(json.dumps(item).encode()).hexdigest()
        return Job(key, request.task_name, request.doc_id, repeat, canonical.encode(), max_tokens, read)

    def _read_likelihoods(self, jobs: Sequence[Job]) -> list[tuple[float, bool]]:
        records = self._collect(jobs)
        return [decode_loglikelihood(item.answer) if item.outcome is Outcome.OK else _UNTOLD for item in records]

    def _need_loglikelihood(self) -> None:
        if not self.endpoint.loglikelihood:
            raise CollectError(
                f"endpoint {self.endpoint.id}: it gives no log-likelihoods, which a multiple-choice task needs; got "
                f"api: {self.endpoint.api}. Choose a generative version of the task, or an openai-completions endpoint "
                "with loglikelihood: true."
            )


def _number_repeats(requests: Sequence[Instance]) -> list[tuple[Instance, int]]:
    """Pair each request with its repeat: lm-eval lists one and the same `Instance` once for every repeat."""
    seen: Counter = Counter()
    pairs = []
    for request in requests:
        item = (request.task_name, request.doc_id, request.idx)
        pairs.append((request, seen[item]))
        seen[item] += 1
    return pairs


def _is_settled(record: CallRecord | None) -> bool:
    return record is not None and record.is_settled


def _add_up(earlier: CallRecord, record: CallRecord) -> CallRecord:
    usage = add_usage(_usage_of(earlier), _usage_of(record))
    return replace(
        record,
        attempts=earlier.attempts + record.attempts,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        thinking_tokens=usage.thinking_tokens,
    )


def _usage_of(record: CallRecord) -> Usage:
    return Usage(record.input_tokens, record.output_tokens, record.thinking_tokens)
