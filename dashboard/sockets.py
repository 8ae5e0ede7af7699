"""Sessions whose messages leave at once.

Before: an ASGI app, Streamlit's with our routes. After: the same app; what a session is sent waits for nothing.
"""

import socket

from starlette.types import ASGIApp, Receive, Scope, Send


class PromptSockets:
    """Turns Nagle's algorithm off for sessions, which Streamlit leaves on.

    It opens its socket in a way that asyncio does not recognise as TCP. Of the twenty small messages of a rerun all but
    the first would wait until the reader has acknowledged it: up to 40 ms, or a way there and back.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, having told the socket of a session to wait for nothing."""
        if scope["type"] == "websocket":
            # `send` is a method of uvicorn's protocol, which alone knows the connection; other servers' are left alone.
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            connection = transport and transport.get_extra_info("socket")
            if connection is not None:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.app(scope, receive, send)
