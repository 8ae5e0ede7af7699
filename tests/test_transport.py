"""Requests leave when they may, to where they should, with the key in no other place than the header."""

import asyncio
import gzip
import ssl
from datetime import UTC, datetime

import httpx
import pytest
from faulty_server import FaultyServer, Plan, Response, chat

from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm import transport as module
from collectors.endpoint_lm.messages import Usage
from collectors.endpoint_lm.pacing import Gate, read_retry_after
from collectors.endpoint_lm.replies import Exchange, Reply
from collectors.endpoint_lm.transport import Transport, find_url, is_loopback, read_key, scrub
from collectors.errors import CollectError
from collectors.records import Outcome


def make_endpoint(**more):
    fields = {
        "id": "e",
        "model": "d/m",
        "api": "openai-chat",
        "base_url": "https://api.example.com/v1",
        "served_model": "m",
    }
    return Endpoint(**fields | more)


def ask(server, **more):
    async def once():
        async with Transport(make_endpoint(base_url=server.base_url, **more)) as transport:
            return await transport.ask(0, b'{"model": "m"}')

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("api", "base", "url"),
    [
        ("openai-chat", "https://api.example.com/v1", "https://api.example.com/v1/chat/completions"),
        ("openai-chat", "https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"),
        ("openai-chat", "https://api.example.com/v1/chat/completions", "https://api.example.com/v1/chat/completions"),
        ("openai-chat", "https://api.example.com", "https://api.example.com/chat/completions"),
        ("openai-chat", "https://e.com/o?api-version=1", "https://e.com/o/chat/completions?api-version=1"),
        ("openai-completions", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1/completions"),
        ("anthropic-messages", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("anthropic-messages", "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
    ],
)
def test_address(api, base, url):
    assert str(find_url(make_endpoint(api=api, base_url=base))) == url
    assert str(find_url(make_endpoint(api=api), base)) == url


def test_address_refused():
    with pytest.raises(CollectError, match="has no address"):
        find_url(make_endpoint(base_url=None, embedded="chance"))
    with pytest.raises(CollectError, match="http or https"):
        find_url(make_endpoint(), "ftp://example.com")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("a.localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
     ("[::1]", True),     ("api.example.com", False), ("10.0.0.1", False), ("localhost.example.com", False)],
)  # fmt: skip
def test_loopback(host, expected):
    assert is_loopback(host) is expected


def test_proxies_are_for_the_world_and_not_for_loopback(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with FaultyServer() as server:
        assert ask(server).status == 200

    async def outside():
        endpoint = make_endpoint(base_url="http://model.invalid/v1")
        async with Transport(endpoint) as transport:
            return await transport.ask(0, b"{}")

    # The proxy itself refuses the connection: had it been passed by, the name could not be resolved.
    reply = asyncio.run(outside())
    assert reply.outcome is Outcome.NETWORK
    assert "All connection attempts failed" in reply.detail


def test_a_proxy_that_cannot_be_used(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:9")

    async def enter():
        async with Transport(make_endpoint()):
            pass

    with pytest.raises(CollectError, match="the proxy in the environment cannot be used"):
        asyncio.run(enter())


def test_key_goes_into_the_header_and_nowhere_else(monkeypatch):
    monkeypatch.setenv("TEST_KEY", " sk-0123456789 \n")
    with FaultyServer() as server:
        ask(server, api_key_env="TEST_KEY")
        ask(server, api_key_env="TEST_KEY", api="anthropic-messages")
        ask(server)
    bearer, anthropic, without = server.requests
    assert bearer.headers["authorization"] == "Bearer sk-0123456789"
    assert anthropic.headers["x-api-key"] == "sk-0123456789"
    assert anthropic.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in anthropic.headers and "authorization" not in without.headers
    assert all(request.headers["user-agent"].startswith("modelgap/") for request in server.requests)


@pytest.mark.parametrize("value", ["", "  ", "sk-密钥", "sk-01\x00234567", "sk-first\nsk-second"])
def test_key_that_cannot_be_one(monkeypatch, value):
    if "\0" in value:
        monkeypatch.setattr(module.os, "environ", {"TEST_KEY": value})
    else:
        monkeypatch.setenv("TEST_KEY", value)
    with pytest.raises(CollectError, match="TEST_KEY") as caught:
        read_key(make_endpoint(api_key_env="TEST_KEY"))
    assert not value.strip() or value.strip() not in str(caught.value)


def test_scrub(monkeypatch):
    endpoint = make_endpoint(api_key_env="TEST_KEY")
    monkeypatch.setenv("TEST_KEY", "sk-0123456789")
    assert scrub(endpoint, "bad key sk-0123456789!") == "bad key [key]!"
    assert scrub(endpoint, None) is None
    monkeypatch.setenv("TEST_KEY", "EMPTY")
    assert scrub(endpoint, "EMPTY set") == "EMPTY set"
    assert scrub(make_endpoint(), "text") == "text"


@pytest.mark.parametrize(
    ("fault", "outcome", "words"),
    [
        ("reset", Outcome.NETWORK, "ReadError"),
        ("cut", Outcome.NETWORK, "RemoteProtocolError"),
        ("hang", Outcome.TIMEOUT, "no whole answer within 0.2 s"),
        ("bad_gzip", Outcome.MALFORMED, "cannot be decompressed"),
    ],
)
def test_broken_exchange(fault, outcome, words):
    with FaultyServer([Plan("m", fault)]) as server:
        reply = ask(server, timeout_s=0.2 if fault == "hang" else 30)
    assert (reply.outcome, reply.is_transient) == (outcome, True)
    assert words in reply.detail


def test_nobody_listens():
    with FaultyServer() as server:
        pass
    assert ask(server).outcome is Outcome.NETWORK


def test_drip_is_no_way_round_the_timeout(monkeypatch):
    async def drip(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async def run():
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        async with Transport(make_endpoint(base_url=url, timeout_s=0.3)) as transport:
            reply = await transport.ask(0, b"{}")
        server.close()
        return reply

    assert asyncio.run(run()).outcome is Outcome.TIMEOUT


def test_a_reply_beyond_the_limit_is_not_read_whole(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_REPLY", 1024 * 1024)
    bomb = Response(200, gzip.compress(b" " * 5_000_000), headers=(("Content-Encoding", "gzip"),))
    for response in (Response(200, b" " * 2_000_000), bomb):
        with FaultyServer(answer=lambda body, response=response: response) as server:
            reply = ask(server)
        assert (reply.outcome, reply.detail) == (Outcome.MALFORMED, "the reply is larger than 1 MiB")


def test_redirects_are_not_followed():
    with FaultyServer([Plan("m", "redirect")]) as server:
        assert ask(server).status == 307
    assert len(server.requests) == 1


def test_one_tls_context_and_small_pools(monkeypatch):
    made = []
    monkeypatch.setattr(module.httpx, "create_ssl_context", lambda: made.append(1) or ssl.create_default_context())

    async def count():
        async with Transport(make_endpoint(max_concurrency=20)) as transport:
            return len(transport._clients)

    assert asyncio.run(count()) == 3
    assert made == [1]


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_gate_spaces_requests():
    gate = Gate(make_endpoint(requests_per_minute=60), clock=(clock := Clock()))
    assert [gate.take_turn(0) for _ in range(3)] == [100, 101, 102]
    clock.now = 200
    assert gate.take_turn(0) == 200
    assert Gate(make_endpoint(), clock).take_turn(10**9) == Gate(make_endpoint(), clock).take_turn(10**9) == 200


def test_gate_spaces_tokens_and_learns_how_many_were_used():
    gate = Gate(make_endpoint(tokens_per_minute=6000, requests_per_minute=60), clock=Clock())
    assert [gate.take_turn(500), gate.take_turn(500)] == [100, 105]
    gate.settle(500, 200)
    assert gate.take_turn(500) == 107
    # Fewer tokens than guessed buy no more requests a minute than allowed.
    gate.settle(500, 0)
    assert gate.take_turn(0) == 108


def test_gate_holds_everything_for_a_pause():
    gate = Gate(make_endpoint(), clock=(clock := Clock()))
    gate.pause(5)
    gate.pause(2)
    assert gate._paused_until == 105
    gate.pause(10**6)
    assert gate._paused_until == 400

    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        clock.now += seconds

    async def wait():
        await gate.wait_turn(0)

    real, asyncio.sleep = asyncio.sleep, sleep
    try:
        asyncio.run(wait())
    finally:
        asyncio.sleep = real
    assert slept == [300]


DEAD = Reply(Outcome.HTTP_ERROR, "HTTP 401: bad key", blocks_endpoint=True)
LOST = Reply(Outcome.NETWORK, "gone", is_transient=True)
GOOD = Reply(Outcome.OK, answer="42", usage=Usage())


def test_gate_closes_on_a_dead_key_but_not_on_one_odd_item():
    gate = Gate(make_endpoint(), clock=Clock())
    for reply in (DEAD, DEAD, GOOD, DEAD, DEAD, Reply(Outcome.REFUSED), DEAD, DEAD):
        gate.note_end(reply)
    assert gate.closed is None
    gate.note_end(DEAD)
    assert "HTTP 401: bad key" in gate.closed


def test_gate_closes_where_nothing_gets_through():
    gate = Gate(make_endpoint(max_concurrency=20), clock=Clock())
    for _ in range(19):
        gate.note_end(LOST)
    gate.note_end(Reply(Outcome.HTTP_ERROR, "HTTP 400: too long"))
    assert gate.closed is None
    gate.note_end(LOST)
    assert gate.closed is not None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:35 GMT"}, 30),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert read_retry_after(headers, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == seconds


def test_exchange_has_lower_case_headers():
    with FaultyServer(answer=lambda body: chat()) as server:
        exchange = ask(server)
    assert isinstance(exchange, Exchange)
    assert exchange.headers["x-request-id"] == "req-1"
    assert isinstance(httpx.URL(server.base_url), httpx.URL)
