"""Decides when the next request to one endpoint may leave, and whether any still may.

Before: the registered limits, what the endpoint says in Retry-After, and how calls ended. After: a time to wait, or
the reason why nothing more is asked.
"""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.replies import Reply
from collectors.records import INFRASTRUCTURE

LONGEST_PAUSE_S = 300.0
BLOCKED_CALLS = 3
FEWEST_FAILED_CALLS = 16


class Gate:
    """The one gate that all requests to `endpoint` pass.

    It spaces them by the registered limits, holds all of them where the endpoint asked for a pause, and closes for
    good (`closed` then says why) after 3 calls in a row that found the key, account or address dead, or after as many
    failed calls in a row as run at once (at least 16). One good call in between starts either count again.
    """

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic):
        self.closed: str | None = None
        self._clock = clock
        self._request_s = 60 / endpoint.requests_per_minute if endpoint.requests_per_minute else 0.0
        self._token_s = 60 / endpoint.tokens_per_minute if endpoint.tokens_per_minute else 0.0
        self._most_failed = max(FEWEST_FAILED_CALLS, endpoint.max_concurrency)
        self._next_at = self._paused_until = clock()
        self._blocked = self._failed = 0

    async def wait_turn(self, tokens: int) -> None:
        """Return when a request of about `tokens` tokens may leave."""
        at = self.take_turn(tokens)
        while self.closed is None and (delay := max(at, self._paused_until) - self._clock()) > 0:
            await asyncio.sleep(delay)

    def take_turn(self, tokens: int) -> float:
        """Return the moment on the clock when a request of about `tokens` tokens may leave, and take it."""
        at = max(self._next_at, self._clock())
        self._next_at = at + self._cost_s(tokens)
        return at

    def settle(self, guessed: int, used: int) -> None:
        """Correct the pace once it is known how many tokens a request guessed at `guessed` really used."""
        self._next_at += self._cost_s(used) - self._cost_s(guessed)

    def pause(self, seconds: float) -> None:
        """Let nothing leave for `seconds`, at most 300."""
        self._paused_until = max(self._paused_until, self._clock() + min(seconds, LONGEST_PAUSE_S))

    def note_end(self, reply: Reply) -> None:
        """Take note of how a call ended, and close where the endpoint proves dead."""
        if reply.outcome not in INFRASTRUCTURE:
            self._blocked = self._failed = 0
            return
        self._blocked += reply.blocks_endpoint
        self._failed += reply.is_transient
        if self._blocked >= BLOCKED_CALLS or self._failed >= self._most_failed:
            self.closed = self.closed or f"earlier calls found the endpoint unusable ({reply.detail})"

    def _cost_s(self, tokens: int) -> float:
        return max(self._request_s, self._token_s * tokens)


def read_retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that a reply asks to wait (`Retry-After` as seconds or date, `retry-after-ms`), or None."""
    milliseconds = _to_seconds(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after", "").strip()
    seconds = _to_seconds(text)
    if seconds is not None or not text:
        return seconds
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _to_seconds(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
