"""An OpenID issuer for tests: lets in whoever comes, as the user that the test names."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


class Issuer:
    """:ivar user: claims of whoever logs in next"""

    def __init__(self):
        issuer = self
        self.user = {}
        self.requests = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                query = parse_qs(parts.query)
                if parts.path == "/.well-known/openid-configuration":
                    return self.tell(issuer.configuration())
                if parts.path == "/authorize":
                    issuer.requests.append(query)
                    self.send_response(302)
                    back = urlencode({"code": "code-of-test", "state": query["state"][0]})
                    self.send_header("Location", f"{query['redirect_uri'][0]}?{back}")
                    return self.end_headers()
                if parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer token-of-test":
                    return self.tell(issuer.user)
                self.send_error(404)

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                issuer.requests.append(form)
                if form.get("client_secret") != ["secret-of-test"] or form.get("code") != ["code-of-test"]:
                    return self.send_error(401)
                self.tell({"access_token": "token-of-test", "token_type": "Bearer"})

            def tell(self, body):
                text = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
