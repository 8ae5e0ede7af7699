"""Sends one request body to an endpoint over HTTP and brings back what came.

Before: the bytes of a request. After: an `Exchange` (any status, any body), or the `Reply` that a lost or broken
connection amounts to. The key is read from its environment variable for each request and kept nowhere.
"""

import asyncio
import logging
import os
import ssl
from ipaddress import ip_address

import httpx

from collectors.endpoint_entries import Endpoint
from collectors.endpoint_lm.replies import Exchange, Reply
from collectors.errors import CollectError
from collectors.records import Outcome
from collectors.settings import get_version

CONNECTIONS_PER_CLIENT = 8
"""An httpx pool looks through all its connections at every request, so that one pool of 64 takes six times the time."""
LARGEST_REPLY = 16 * 1024 * 1024
CONNECT_TIMEOUT_S = 30.0
SHORTEST_SECRET = 8

# httpx reports every request at INFO, with its address: a line for each item, and a query string may hold a key.
logging.getLogger("httpx").setLevel(logging.WARNING)

_PATHS = {"openai-chat": "chat/completions", "openai-completions": "completions", "anthropic-messages": "messages"}


class Transport:
    """HTTP clients for one endpoint: as many slots as it may have requests under way, a connection for each slot.

    Redirects are not followed, since they would carry the key elsewhere. Proxies from the environment are honoured
    but for loopback. Use it as an asynchronous context.
    """

    def __init__(self, endpoint: Endpoint, base_url: str | None = None):
        self._endpoint = endpoint
        self._url = find_url(endpoint, base_url)
        read_key(endpoint)
        self._clients: list[httpx.AsyncClient] = []

    async def __aenter__(self) -> "Transport":
        """Open the clients; raises CollectError where the environment's proxy cannot be used."""
        count = -(-self._endpoint.max_concurrency // CONNECTIONS_PER_CLIENT)
        tls = httpx.create_ssl_context()
        try:
            self._clients = [self._open_client(tls) for _ in range(count)]
        except (ImportError, ValueError) as error:
            raise CollectError(
                f"endpoint {self._endpoint.id}: the proxy in the environment cannot be used; got {error}. "
                "Correct HTTPS_PROXY or ALL_PROXY, or add the host to NO_PROXY."
            ) from error
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Close every connection."""
        await asyncio.gather(*(client.aclose() for client in self._clients))

    async def ask(self, slot: int, body: bytes) -> Exchange | Reply:
        """Return what the endpoint answers to `body`; a slot has at most one request under way at a time."""
        timeout_s = self._endpoint.timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(self._clients[slot // CONNECTIONS_PER_CLIENT], body)
        except httpx.ConnectTimeout:
            return _fail(Outcome.TIMEOUT, "no connection in time")
        except (TimeoutError, httpx.TimeoutException):
            return _fail(Outcome.TIMEOUT, f"no whole answer within {timeout_s:g} s")
        except httpx.DecodingError as error:
            return _fail(Outcome.MALFORMED, f"the reply cannot be decompressed: {error}")
        except httpx.TransportError as error:
            return _fail(Outcome.NETWORK, f"the connection failed: {type(error).__name__} {error}".rstrip())

    async def _exchange(self, client: httpx.AsyncClient, body: bytes) -> Exchange | Reply:
        chunks, size = [], 0
        async with client.stream("POST", self._url, content=body, headers=_identify(self._endpoint)) as response:
            async for chunk in response.aiter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST_REPLY:
                    return _fail(Outcome.MALFORMED, f"the reply is larger than {LARGEST_REPLY // 1024**2} MiB")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Exchange(response.status_code, headers, b"".join(chunks))

    def _open_client(self, tls: ssl.SSLContext) -> httpx.AsyncClient:
        timeout_s, agent = self._endpoint.timeout_s, f"modelgap/{get_version()}"
        return httpx.AsyncClient(
            headers={"accept": "application/json", "content-type": "application/json", "user-agent": agent},
            verify=tls,
            limits=httpx.Limits(
                max_connections=CONNECTIONS_PER_CLIENT, max_keepalive_connections=CONNECTIONS_PER_CLIENT
            ),
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
            follow_redirects=False,
            trust_env=not is_loopback(self._url.host),
        )


def find_url(endpoint: Endpoint, base_url: str | None = None) -> httpx.URL:
    """Return the address that requests go to: the API's path below `base_url`, else below the registered one."""
    base = base_url or endpoint.base_url
    if base is None:
        raise CollectError(f"endpoint {endpoint.id}: it has no address; got none. Start the embedded endpoint first.")
    url = httpx.URL(base)
    if url.scheme not in ("http", "https"):
        raise CollectError(f"endpoint {endpoint.id}: base_url must be http or https; got {base!r}. Correct it.")
    path, tail = url.path.rstrip("/"), _PATHS[endpoint.api]
    if endpoint.api == "anthropic-messages" and not path.endswith("/v1"):
        tail = f"v1/{tail}"
    return url if path.endswith(f"/{tail}") else url.copy_with(path=f"{path}/{tail}")


def read_key(endpoint: Endpoint) -> str | None:
    """Return the endpoint's key from the variable that it names, or None where it names none."""
    if endpoint.api_key_env is None:
        return None
    key = os.environ.get(endpoint.api_key_env, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        fault = "holds characters that no key has" if key else "is not set"
        raise CollectError(
            f"endpoint {endpoint.id}: the environment variable {endpoint.api_key_env} {fault}; got no usable key. "
            f"Set it to the provider's key: export {endpoint.api_key_env}=…"
        )
    return key


def scrub(endpoint: Endpoint, text: str | None) -> str | None:
    """Return `text` with the endpoint's key blotted out; what is too short to be a secret stays."""
    key = os.environ.get(endpoint.api_key_env or "", "").strip()
    if not text or len(key) < SHORTEST_SECRET:
        return text
    return text.replace(key, "[key]")


def is_loopback(host: str) -> bool:
    """Return True for localhost and loopback addresses, which no proxy can reach for us."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _identify(endpoint: Endpoint) -> dict[str, str]:
    key = read_key(endpoint)
    if endpoint.api == "anthropic-messages":
        return {"anthropic-version": "2023-06-01"} | ({"x-api-key": key} if key else {})
    return {"authorization": f"Bearer {key}"} if key else {}


def _fail(outcome: Outcome, detail: str) -> Reply:
    return Reply(outcome, detail, is_transient=True)
