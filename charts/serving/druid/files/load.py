"""Starts a task and waits for its end: load.py SPEC.

Environment: DRUID, the URL of the router; CA, a file with the authority of its certificate; ADMIN_PASSWORD.
Exit code 1: the task failed.
"""

import base64
import json
import os
import ssl
import sys
import time
import urllib.request
from pathlib import Path

DRUID = os.environ["DRUID"].rstrip("/")
TLS = ssl.create_default_context(cafile=os.environ["CA"])
LOGIN = base64.b64encode(f"admin:{os.environ['ADMIN_PASSWORD']}".encode()).decode()


def ask(path: str, body: bytes | None = None) -> dict:
    """Sends a request as the administrator; returns the answer."""
    headers = {"Authorization": f"Basic {LOGIN}", "Content-Type": "application/json"}
    request = urllib.request.Request(DRUID + path, data=body, headers=headers)
    with urllib.request.urlopen(request, context=TLS, timeout=30) as answer:
        return json.load(answer)


def main() -> None:
    task = ask("/druid/indexer/v1/task", Path(sys.argv[1]).read_bytes())["task"]
    print("load:", task, flush=True)
    while True:
        state = ask(f"/druid/indexer/v1/task/{task}/status")["status"]["statusCode"]
        if state != "RUNNING":
            break
        time.sleep(5)
    print("load:", state)
    sys.exit(0 if state == "SUCCESS" else 1)


if __name__ == "__main__":
    main()
