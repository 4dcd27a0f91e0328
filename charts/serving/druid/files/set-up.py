"""Sets Druid up by its interface: who may read, how long rows stay, and what streams are loaded.

Environment: DRUID, the URL of the router; CA, a file with the authority of its certificate; ADMIN_PASSWORD and
READER_PASSWORD; FILES, the folder of what is sent: rules.json and supervisor-*.json. Run again it changes nothing that is
as it should be.
"""

import base64
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

DRUID = os.environ["DRUID"].rstrip("/")
TLS = ssl.create_default_context(cafile=os.environ["CA"])
LOGIN = base64.b64encode(f"admin:{os.environ['ADMIN_PASSWORD']}".encode()).decode()
SECURITY = "/druid-ext/basic-security"


def send(path: str, body: object | None = None, method: str = "POST") -> object:
    """Sends a request as the administrator; returns the answer. Raises HTTPError where it is refused."""
    request = urllib.request.Request(
        DRUID + path,
        data=None if method == "GET" else json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"Basic {LOGIN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, context=TLS, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def wait(seconds: int = 600) -> None:
    """Until a master leads and believes the administrator."""
    end = time.monotonic() + seconds
    while True:
        try:
            send(f"{SECURITY}/authentication/db/basic/users", method="GET")
            return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > end:
                sys.exit(f"set-up: {DRUID} does not answer: {error}")
            time.sleep(5)


def reader() -> None:
    """A user who may read every table, and nothing else."""
    users = f"{SECURITY}/authentication/db/basic/users"
    if "reader" not in send(users, method="GET"):
        send(f"{users}/reader")
    send(f"{users}/reader/credentials", {"password": os.environ["READER_PASSWORD"]})
    rights = f"{SECURITY}/authorization/db/basic"
    if "reader" not in send(f"{rights}/users", method="GET"):
        send(f"{rights}/users/reader")
    if "reader" not in send(f"{rights}/roles", method="GET"):
        send(f"{rights}/roles/reader")
    read = [
        {"resource": {"name": ".*", "type": kind}, "action": "READ"}
        for kind in ("DATASOURCE", "VIEW", "STATE", "SYSTEM_TABLE")
    ]
    send(f"{rights}/roles/reader/permissions", read)
    roles = send(f"{rights}/users/reader", method="GET")["roles"]
    if "reader" not in roles:
        send(f"{rights}/users/reader/roles/reader")


def main() -> None:
    wait()
    reader()
    files = Path(os.environ["FILES"])
    send("/druid/coordinator/v1/rules/_default", json.loads((files / "rules.json").read_text()))
    for file in sorted(files.glob("supervisor-*.json")):
        print("set-up:", file.name, flush=True)
        send("/druid/indexer/v1/supervisor", json.loads(file.read_text()))
    print("set-up: done")


if __name__ == "__main__":
    main()
