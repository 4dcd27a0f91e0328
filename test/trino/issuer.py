"""An OpenID issuer for tests: says where its keys are, and signs what the test wants."""

import base64
import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Issuer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "issuer.key"
        openssl("genrsa", "-out", str(self.key), "2048")
        modulus = openssl("rsa", "-in", str(self.key), "-noout", "-modulus").strip().split("=")[1]
        key = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": encode(bytes.fromhex(modulus)), "e": "AQAB"}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = issuer.url
                pages = {
                    "/.well-known/openid-configuration": {
                        "issuer": url,
                        "authorization_endpoint": f"{url}/authorize",
                        "token_endpoint": f"{url}/token",
                        "jwks_uri": f"{url}/keys",
                        "subject_types_supported": ["public"],
                        "response_types_supported": ["code"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                    },
                    "/keys": {"keys": [key]},
                }
                body = json.dumps(pages.get(self.path, {})).encode()
                self.send_response(200 if self.path in pages else 404)
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
        return f"http://127.0.0.1:{self.server.server_port}"

    def token(self, user: str, audience: str = "trino") -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": audience,
            "sub": "0815",
            "preferred_username": user,
            "iat": now,
            "exp": now + 3600,
        }
        head = {"alg": "RS256", "typ": "JWT", "kid": "one"}
        signed = ".".join(encode(json.dumps(part).encode()) for part in (head, claims))
        text, signature = self.folder / "token.txt", self.folder / "token.sig"
        text.write_text(signed)
        openssl("dgst", "-sha256", "-sign", str(self.key), "-out", str(signature), str(text))
        return f"{signed}.{encode(signature.read_bytes())}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout
