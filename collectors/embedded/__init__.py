"""Endpoints that this program plays itself, over real HTTP on loopback: the floors that scores are read against.

Before: the name of a baseline. After: a running OpenAI-compatible server and its base URL.
"""

from collectors.embedded.server import KINDS, start_embedded

__all__ = ["KINDS", "start_embedded"]
