"""Makes the calls of a run: many at once, each retried where that helps, each ending in one record.

Before: `Job`s, each with its key, its request body and a reader for the reply. After: a `CallRecord` of each, handed
over the moment the call ends.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_random_exponential

from collectors.call_log import CallRecord
from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.messages import NO_USAGE, Usage
from collectors.endpoint_lm.pacing import Gate, read_retry_after
from collectors.endpoint_lm.replies import Exchange, Reader, Reply
from collectors.endpoint_lm.transport import Transport, scrub
from collectors.records import Outcome


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a call is tried, by how it last ended, and the bounds of the random wait between two tries, seconds.

    What costs money or minutes each time (an empty answer, a timeout) is tried less often than what costs nothing.
    """

    attempts: Mapping[Outcome, int] = field(
        default_factory=lambda: {Outcome.EMPTY: 3, Outcome.MALFORMED: 3, Outcome.TIMEOUT: 3}
    )
    most_attempts: int = 8
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0

    def is_enough(self, state: RetryCallState) -> bool:
        """Return True where a call has been tried as often as its last reply deserves."""
        outcome = state.outcome.result().outcome
        return state.attempt_number >= self.attempts.get(outcome, self.most_attempts)


@dataclass(frozen=True, slots=True)
class Job:
    """One request of lm-eval: who asks (`key`, `task`, `doc_id`, `repeat`), what, and how to read the reply."""

    key: str
    task: str
    doc_id: int
    repeat: int
    body: bytes
    max_tokens: int
    read: Reader

    @property
    def guessed_tokens(self) -> int:
        """What the request may use of the token limit, before it is known: 4 bytes a token, half of the allowance."""
        return len(self.body) // 4 + self.max_tokens // 2


@dataclass(slots=True)
class _Course:
    """What a call has come to so far."""

    reply: Reply | None = None
    attempts: int = 0
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    latency_s: float | None = None
    usage: Usage = NO_USAGE


class Caller:
    """Makes calls to one endpoint; `on_record` gets the record of each as it ends, in the order of their ends."""

    def __init__(
        self,
        endpoint: Endpoint,
        on_record: Callable[[CallRecord], None],
        base_url: str | None = None,
        policy: RetryPolicy | None = None,
    ):
        self._endpoint = endpoint
        self._base_url = base_url
        self._on_record = on_record
        self._policy = policy or RetryPolicy()
        self._gate = Gate(endpoint)

    def run(self, jobs: Sequence[Job]) -> None:
        """Make all calls; raises only what `on_record` raises, or a CollectError about the endpoint's settings."""
        asyncio.run(self._run(jobs))

    async def _run(self, jobs: Sequence[Job]) -> None:
        queue = iter(jobs)
        async with Transport(self._endpoint, self._base_url) as transport:
            try:
                async with asyncio.TaskGroup() as group:
                    for slot in range(min(self._endpoint.max_concurrency, len(jobs))):
                        group.create_task(self._work(transport, slot, queue))
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None

    async def _work(self, transport: Transport, slot: int, queue: Iterator[Job]) -> None:
        for job in queue:
            course = _Course()
            policy = self._policy
            await AsyncRetrying(
                retry=retry_if_result(lambda reply: reply.is_transient and self._gate.closed is None),
                stop=policy.is_enough,
                wait=wait_random_exponential(multiplier=policy.first_wait_s, max=policy.longest_wait_s),
                retry_error_callback=lambda state: state.outcome.result(),
            )(self._attempt, transport, slot, job, course)
            if course.attempts:
                self._gate.note_end(course.reply)
            self._on_record(self._to_record(job, course))

    async def _attempt(self, transport: Transport, slot: int, job: Job, course: _Course) -> Reply:
        guess = job.guessed_tokens
        await self._gate.wait_turn(guess)
        if self._gate.closed:
            course.reply = course.reply or Reply(Outcome.HTTP_ERROR, f"not asked: {self._gate.closed}")
            return course.reply
        course.attempts += 1
        course.started_at = datetime.now(UTC)
        began = time.perf_counter()
        exchange = await transport.ask(slot, job.body)
        course.latency_s = time.perf_counter() - began
        course.reply = job.read(exchange) if isinstance(exchange, Exchange) else exchange
        self._heed(exchange, course, guess)
        return course.reply

    def _heed(self, exchange: Exchange | Reply, course: _Course, guess: int) -> None:
        usage = course.reply.usage
        course.usage = add_usage(course.usage, usage)
        self._gate.settle(guess, (usage.input_tokens or 0) + (usage.output_tokens or 0))
        if isinstance(exchange, Exchange) and course.reply.is_transient:
            seconds = read_retry_after(exchange.headers)
            if seconds is not None:
                self._gate.pause(seconds)

    def _to_record(self, job: Job, course: _Course) -> CallRecord:
        reply, usage = course.reply, course.usage

        def safe(text: str | None) -> str | None:
            return scrub(self._endpoint, text)

        return CallRecord(
            call_key=job.key,
            task=job.task,
            doc_id=job.doc_id,
            repeat=job.repeat,
            outcome=reply.outcome,
            detail=safe(reply.detail),
            attempts=course.attempts,
            started_at=course.started_at,
            latency_s=course.latency_s,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            thinking_tokens=usage.thinking_tokens,
            finish_reason=safe(reply.finish_reason),
            http_status=reply.http_status,
            returned_model=safe(reply.returned_model),
            fingerprint=safe(reply.fingerprint),
            request_id=safe(reply.request_id),
            answer=safe(reply.answer),
            thinking=safe(reply.thinking),
        )


def add_usage(one: Usage, other: Usage) -> Usage:
    """Return the token counts of both; a count that only one side knows is that side's."""
    return Usage(
        *(
            left if right is None else right if left is None else left + right
            for left, right in (
                (one.input_tokens, other.input_tokens),
                (one.output_tokens, other.output_tokens),
                (one.thinking_tokens, other.thinking_tokens),
            )
        )
    )
