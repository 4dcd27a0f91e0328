"""Tells the story of the platform on this machine; run.sh has prepared everything, and left nothing but loopback."""

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from legs import LEGS, Story
from rendered import Site

HEAD = ("leg", "rows", "seconds", "what was real")
NOTE = """\
Played: that the event of an object starts the workflow, and the workflow its jobs; npm run prove has these. The jobs
here are those that it would start: programs, arguments and settings as dist/onprem has them. Otherwise than in a
cluster: executors are processes, two with one core each, and jars are there instead of being fetched."""


def main() -> int:
    manifests, folder = (Path(each) for each in sys.argv[1:])
    story = Story(Site.read(manifests), folder, float(os.environ.get("LAKEPORT_STORY_MB", "300")))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    told: list[tuple[str, str, str, str]] = []
    failed = False
    start = time.monotonic()
    try:
        for name, leg in LEGS.items():
            print(f"… {name}", file=sys.stderr, flush=True)
            begin = time.monotonic()
            try:
                rows, real = leg(story)
            except Exception as error:
                traceback.print_exc()
                failed = True
                first = (str(error).splitlines() or [type(error).__name__])[0]
                told.append((name, "", f"{time.monotonic() - begin:.0f}", f"FAILED: {first[:100]}"))
                break
            except BaseException:
                told.append((name, "", f"{time.monotonic() - begin:.0f}", "STOPPED"))
                raise
            told.append((name, f"{rows:,}" if rows else "", f"{time.monotonic() - begin:.0f}", real))
    finally:
        told.append(("in all", "", f"{time.monotonic() - start:.0f}", ""))
        widths = [max(len(row[index]) for row in (HEAD, *told)) for index in range(4)]
        for row in (HEAD, *told):
            cells = (
                text.rjust(width) if index in (1, 2) else text.ljust(width)
                for index, (text, width) in enumerate(zip(row, widths, strict=True))
            )
            print("  ".join(cells).rstrip())
        print(f"\n{NOTE}")
    left = [name for name in LEGS if name not in {row[0] for row in told}]
    if left:
        print(f"not run: {', '.join(left)}", file=sys.stderr)
    return 1 if failed or left else 0


if __name__ == "__main__":
    sys.exit(main())
