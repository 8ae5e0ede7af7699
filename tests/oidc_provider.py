"""An OpenID Connect provider on loopback: discovery, keys, authorization by code, signed identity tokens, logout.

Its login page has a link for each of `ACCOUNTS`. Real in all that a relying party asks of it, but for its accounts.
"""

import base64
import secrets
import threading
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "modelgap", "made up for a test"
ACCOUNTS = {
    "ada": {"email": "Ada@example.org", "email_verified": True},
    "eve": {"email": "eve@elsewhere.example", "email_verified": True},
    "mallory": {"email": "mallory@example.org", "email_verified": False},
}


class Provider:
    """The provider's state: its key and the codes that it gave out."""

    def __init__(self, port: int):
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"}, auto_kid=False)
        self.codes: dict[str, dict[str, str]] = {}

    def list_routes(self) -> list[Route]:
        """Return the provider's addresses."""
        return [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/keys", self.show_keys),
            Route("/authorize", self.authorize),
            Route("/token", self.exchange, methods=["POST"]),
            Route("/logout", self.log_out),
        ]

    async def describe(self, request: Request) -> Response:
        """Answer discovery."""
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys",
                 "end_session_endpoint": "logout"}  # fmt: skip
        return JSONResponse(
            {name: f"{self.issuer}/{path}" for name, path in paths.items()}
            | {"issuer": self.issuer, "response_types_supported": ["code"], "subject_types_supported": ["public"],
               "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"]}
        )  # fmt: skip

    async def show_keys(self, request: Request) -> Response:
        """Answer with the public key."""
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Show the login page; once an account was chosen there, send the browser back with a code."""
        asked = dict(request.query_params)
        account = asked.pop("account", None)
        if account is None:
            links = (f'<a href="?{urlencode(asked | {"account": name})}">{name}</a>' for name in ACCOUNTS)
            return HTMLResponse(f"<title>Provider</title>{' '.join(links)}")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked | {"account": account}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def exchange(self, request: Request) -> Response:
        """Exchange a code, once and by the client that knows the secret, for tokens."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_known = request.headers.get("authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or not is_known or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": asked["account"], "iat": now, "exp": now + 300}
        claims |= {"nonce": asked.get("nonce", "")} | ACCOUNTS[asked["account"]]
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    async def log_out(self, request: Request) -> Response:
        """End the provider's own session and send the browser back."""
        return RedirectResponse(request.query_params["post_logout_redirect_uri"])


@contextmanager
def run_provider(port: int):
    """Run a provider on a port of loopback and give its address."""
    provider = Provider(port)
    config = uvicorn.Config(Starlette(routes=provider.list_routes()), port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield provider.issuer
    finally:
        server.should_exit = True
        thread.join(20)
