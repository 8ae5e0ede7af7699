"""Shared fixtures: the network is blocked but for loopback; `shared` skips where the real inputs are missing."""

import ipaddress
import os
import signal
import socket
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
_real_connect = socket.socket.connect


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_connect(self: socket.socket, address: object) -> None:
    if not _is_loopback(address):
        raise RuntimeError(f"tests reach loopback only; a test tried {address!r}")
    return _real_connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def hear_interrupts():
    """Let commands under test be interrupted: who runs the tests in the background hands down a deaf ear for Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def block_network():
    """Refuse every connection that leaves this machine, for the whole session."""
    socket.socket.connect = _guarded_connect
    yield
    socket.socket.connect = _real_connect


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Give every test a data directory of its own and no overlay."""
    monkeypatch.setenv("MODELGAP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MODELGAP_REGISTRY", raising=False)
    monkeypatch.delenv("MODELGAP_DATASETS", raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the directory of real inputs beside the checkout; skip where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the real inputs in ../shared are not on this machine")
    return SHARED


def need(condition: bool, what: str) -> None:
    """Skip where `what` is missing on a developer's machine; fail where CI=true, which must have installed it."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not installed on this machine")
