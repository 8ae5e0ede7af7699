"""Asks an endpoint one small question, to see whether it is reachable, alive and what it calls itself.

Before: a registered endpoint. After: the `CallRecord` of one call, tried once.
"""

import json

from collectors.call_log import CallRecord
from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.caller import Caller, Job, RetryPolicy
from collectors.endpoint_lm.payloads import build_generation, check_request_options
from collectors.endpoint_lm.replies import read_generation

QUESTION = "What is 6 times 7? Answer with the number only."


def probe_endpoint(endpoint: Endpoint, *, base_url: str | None = None, max_tokens: int = 1024) -> CallRecord:
    """Return how one call for the answer to `QUESTION` ended; it costs at most `max_tokens` tokens of output.

    Raises CollectError where the endpoint's entry or its key variable does not fit; a failing call does not raise.
    """
    check_request_options(endpoint)
    body, _ = build_generation(endpoint, QUESTION, {}, max_tokens, 0)
    records: list[CallRecord] = []
    job = Job(
        key="probe",
        task="probe",
        doc_id=0,
        repeat=0,
        body=json.dumps(body).encode(),
        max_tokens=max_tokens,
        read=lambda exchange: read_generation(exchange, endpoint.api, endpoint.thinking, ()),
    )
    Caller(endpoint, records.append, base_url, RetryPolicy(attempts={}, most_attempts=1)).run([job])
    return records[0]
