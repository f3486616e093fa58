"""A small identity provider: the code flow with PKCE, RS256 and a JWKS, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "nice-supervision"
CLIENT_SECRET = "shared-with-the-provider"


class Provider:
    """`claims` is what it says of the person; `lies` replaces members of the identity token."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}
        self.userinfo_lies: dict[str, Any] = {}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.published = self.key
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def let_in(self, authorize_url: str) -> dict[str, str]:
        """What the person does on the provider's page: returns the query of the way back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/jwks":
            jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key(), as_dict=True)
            answer(handler, 200, {"keys": [jwk | {"kid": "k1", "alg": "RS256", "use": "sig"}]})
        elif handler.path == "/userinfo" and handler.headers["Authorization"] == "Bearer the-access-token":
            answer(handler, 200, self.claims | self.userinfo_lies)
        else:
            answer(handler, 404, {})

    def post(self, handler: BaseHTTPRequestHandler) -> None:
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        asked = self.codes.pop(form["code"][0], None)
        if asked is None or form["client_secret"] != [CLIENT_SECRET] or not proves(asked, form):
            answer(handler, 400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        token = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": self.claims["sub"],
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        } | self.lies
        signed = jwt.encode(
            {name: value for name, value in token.items() if value is not None},
            self.key,
            algorithm="RS256",
            headers={"kid": "k1"},
        )
        answer(handler, 200, {"access_token": "the-access-token", "token_type": "Bearer", "id_token": signed})


def proves(asked: dict[str, str], form: dict[str, list[str]]) -> bool:
    digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


def answer(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
