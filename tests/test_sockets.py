"""Messages of a session leave at once: over a real server that is given its socket as Streamlit gives it."""

import asyncio
import socket

import uvicorn
import websockets

from dashboard.sockets import PromptSockets


async def tell_delay(scope, receive, send):
    """Answer a session with whether its socket holds small messages back."""
    await receive()
    connection = send.__self__.transport.get_extra_info("socket")
    await send({"type": "websocket.accept"})
    is_prompt = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    await send({"type": "websocket.send", "text": "prompt" if is_prompt else "held back"})
    await send({"type": "websocket.close"})


async def ask(app) -> str:
    """Return what a session of `app` is told; the socket is opened without naming its protocol, as Streamlit does."""
    with socket.socket(socket.AF_INET) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="websockets-sansio", log_level="error"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        async with websockets.connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/") as session:
            told = await session.recv()
        server.should_exit = True
        await serving
    return told


def test_what_a_session_is_sent_leaves_at_once():
    assert asyncio.run(ask(tell_delay)) == "held back"
    assert asyncio.run(ask(PromptSockets(tell_delay))) == "prompt"
