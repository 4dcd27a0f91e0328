"""Plays the source of events that the store posts to."""

import http.server
import json
import threading


class Listener:
    def __init__(self):
        self.posts: list[tuple[str, str | None, dict]] = []
        self.refused = 0
        self.away = False
        this = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if this.away:
                    this.refused += 1
                else:
                    this.posts.append((self.path, self.headers["Authorization"], json.loads(body)))
                self.send_response(503 if this.away else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
