"""One cluster for all tests, and the keys of an issuer of tokens."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cluster import Cluster, render, run


class Issuer:
    """Signs tokens with a key that it serves on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "issuer.key"
        run("openssl", "genrsa", "-out", str(self.key), "2048")
        modulus = run("openssl", "rsa", "-in", str(self.key), "-noout", "-modulus").strip().split("=")[1]
        key = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": encode(bytes.fromhex(modulus)), "e": "AQAB"}
        body = json.dumps({"keys": [key]}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/keys"

    def token(self, **claims: object) -> str:
        """The URL of a file with a token of these claims."""
        head = {"alg": "RS256", "typ": "JWT", "kid": "one"}
        signed = ".".join(encode(json.dumps(part).encode()) for part in (head, claims))
        text, signature = self.folder / "token.txt", self.folder / "token.sig"
        text.write_text(signed)
        run("openssl", "dgst", "-sha256", "-sign", str(self.key), "-out", str(signature), str(text))
        path = self.folder / "token.jwt"
        path.write_text(f"{signed}.{encode(signature.read_bytes())}")
        return path.as_uri()


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    issuer = Issuer(tmp_path_factory.mktemp("issuer"))
    yield issuer
    issuer.server.shutdown()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("kafka"), render(issuer.url))
    try:
        cluster.start()
        cluster.apply()
        yield cluster
    finally:
        cluster.stop()
