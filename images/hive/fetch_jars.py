"""Fetches jars from a Maven repository and refuses every one that is not the jar it should be.

A list has a line a jar: its SHA-256 and its path in the repository. Lines that start with # are comments.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TRIES = 5


def fetch(url: str, target: Path) -> str:
    """Saves what lies at a URL; returns its SHA-256. Tries again where the connection is at fault."""
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
            break
        except OSError as error:
            gone = isinstance(error, urllib.error.HTTPError) and 400 <= error.code < 500
            if gone or attempt == TRIES:
                raise
            time.sleep(2**attempt)
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="repository", required=True, help="URL of the repository")
    parser.add_argument("--to", dest="folder", required=True, type=Path, help="folder for the jars")
    parser.add_argument("lists", nargs="+", type=Path)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    lines = [line.split() for each in chosen.lists for line in each.read_text().splitlines()]
    for expected, path in (line for line in lines if line and not line[0].startswith("#")):
        url = f"{chosen.repository.rstrip('/')}/{path}"
        target = chosen.folder / Path(path).name
        try:
            found = fetch(url, target)
        except OSError as error:
            print(f"{url}: {error}", file=sys.stderr)
            return 1
        if found != expected:
            print(f"{url}: its SHA-256 is {found}, and must be {expected}", file=sys.stderr)
            return 1
        print(f"{target.name} {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
