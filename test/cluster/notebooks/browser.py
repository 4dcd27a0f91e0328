"""Somebody at a browser: logs in, joins a team, starts a server and runs cells in it. Prints a JSON object a line."""

import asyncio
import json
import os
import sys
import time
import uuid
from pathlib import Path

import requests
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

BASE = os.environ["BASE"]
USER = "admin"
TEAM = os.environ["TEAM"]
# The code of each cell is a file.
CELLS = [Path(file).read_text() for file in sys.argv[1:]]

session = requests.Session()


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


def cookie(path):
    """The XSRF cookie that the browser would send for a path: the one of the longest path that holds it."""
    found = [each for each in session.cookies if each.name == "_xsrf" and path.startswith(each.path)]
    return max(found, key=lambda each: len(each.path)).value


def ask(method, path, **options):
    answer = session.request(method, BASE + path, timeout=60, **options)
    if answer.status_code >= 400:
        raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text[:2000]}")
    return answer


def log_in():
    wrong = post_login("not the password of anybody")
    if "/hub/login" not in wrong.url:
        raise SystemExit("a wrong password lets in")
    right = post_login(os.environ["PASSWORD"])
    if "/hub/login" in right.url:
        raise SystemExit(f"the password does not let in: {right.url}")
    say("logged in", url=right.url)


def post_login(password):
    ask("GET", "/hub/login")
    data = {"username": USER, "password": password, "_xsrf": cookie("/hub/")}
    return session.post(f"{BASE}/hub/login", data=data, timeout=60)


def start_server():
    without = session.get(f"{BASE}/hub/spawn/{USER}", timeout=60)
    say("without a team", status=without.status_code, told="You are in no team" in without.text)
    ask(
        "POST",
        f"/hub/api/groups/{TEAM}/users",
        json={"users": [USER]},
        headers={"X-XSRFToken": cookie("/hub/"), "Referer": f"{BASE}/hub/"},
    )
    page = ask("GET", f"/hub/spawn/{USER}").text
    say("spawn page", profiles=[name for name in ("small", "large") if f'value="{name}"' in page])
    data = {"profile": "small", "profile-option-small--team": TEAM, "_xsrf": cookie("/hub/")}
    ask("POST", f"/hub/spawn/{USER}", data=data)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        answer = session.get(f"{BASE}/user/{USER}/lab", timeout=60)
        if answer.status_code == 200 and answer.url.startswith(f"{BASE}/user/{USER}/"):
            say("server", url=answer.url)
            return
        time.sleep(2)
    raise SystemExit(f"no server: {answer.status_code} {answer.url} {answer.text[:500]}")


async def run_cells():
    headers = {"X-XSRFToken": cookie(f"/user/{USER}/")}
    kernel = ask("POST", f"/user/{USER}/api/kernels", json={"name": "python3"}, headers=headers).json()["id"]
    url = f"{BASE.replace('http', 'ws', 1)}/user/{USER}/api/kernels/{kernel}/channels"
    sent = "; ".join(f"{each.name}={each.value}" for each in session.cookies if f"/user/{USER}/".startswith(each.path))
    socket = await websocket_connect(HTTPRequest(url, headers={"Cookie": sent, "Origin": BASE}))
    for code in CELLS:
        message = {
            "header": {
                "msg_id": uuid.uuid4().hex,
                "msg_type": "execute_request",
                "username": USER,
                "session": kernel,
                "version": "5.3",
            },
            "parent_header": {},
            "metadata": {},
            "content": {"code": code, "silent": False, "store_history": True, "allow_stdin": False},
            "channel": "shell",
            "buffers": [],
        }
        await socket.write_message(json.dumps(message))
        await follow(socket, message["header"]["msg_id"])
    socket.close()


async def follow(socket, identity):
    """Passes on what a cell prints, until it has ended."""
    text = ""
    while True:
        received = await asyncio.wait_for(socket.read_message(), 300)
        if received is None:
            raise SystemExit("the server hung up")
        told = json.loads(received)
        if told.get("parent_header", {}).get("msg_id") != identity:
            continue
        content = told["content"]
        if told["msg_type"] == "stream" and content["name"] == "stdout":
            text += content["text"]
        if told["msg_type"] == "error":
            raise SystemExit(f"{content['ename']}: {content['evalue']}")
        if told["msg_type"] == "status" and content["execution_state"] == "idle":
            say("cell", text=text)
            return


log_in()
start_server()
asyncio.run(run_cells())
say("done")
