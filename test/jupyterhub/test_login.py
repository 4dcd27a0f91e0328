"""The real hub and proxy with the configuration of dist, and an issuer that lets people in."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests
import yaml
from issuer import Issuer

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration():
    """What dist gives to the hub, by file name."""
    return yaml.safe_load((ROOT / "dist/onprem/jupyterhub/configmap-jupyterhub-hub.yaml").read_text())["data"]


class Hub:
    """Hub and proxy as processes; their files lie in a folder.

    :param database: makes its URL of the one of dist; a file in the folder where left out
    """

    def __init__(self, folder, authentication, database=None, **environment):
        files = configuration()
        values = json.loads(files["values.json"])
        hub, proxy, api = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{proxy}"
        url = database(values["hub"]["database"]) if database else f"sqlite:///{folder}/hub.sqlite"
        values["hub"] = {"bind": f"http://127.0.0.1:{hub}", "url": f"http://127.0.0.1:{hub}", "database": url}
        values["proxy"] = {"bind": self.url, "api": f"http://127.0.0.1:{api}"}
        values["authentication"] = authentication(self.url, values)
        files["values.json"] = json.dumps(values)
        for name, text in files.items():
            (folder / name).write_text(text)
        # Nobody starts a server here, so no API server is asked.
        cluster = {"clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1:1"}}]}
        context = {"contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}], "current-context": "a"}
        (folder / "kubeconfig").write_text(yaml.safe_dump({**cluster, **context, "users": [{"name": "a", "user": {}}]}))
        keys = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32), "JPY_COOKIE_SECRET": secrets.token_hex(32)}
        home = {"HOME": str(folder), "KUBECONFIG": str(folder / "kubeconfig"), "PATH": os.environ["PATH"]}
        self.log = (folder / "log").open("w")
        options = {"cwd": folder, "env": {**home, **keys, **environment}, "stdout": self.log, "stderr": self.log}
        self.processes = [
            subprocess.Popen(
                [
                    os.environ["CONFIGURABLE_HTTP_PROXY"],
                    *("--ip=127.0.0.1", f"--port={proxy}", "--api-ip=127.0.0.1", f"--api-port={api}"),
                    f"--default-target=http://127.0.0.1:{hub}",
                ],
                **options,
            ),
            subprocess.Popen([shutil.which("jupyterhub"), f"--config={folder}/jupyterhub_config.py"], **options),
        ]
        self.wait(folder)

    def wait(self, folder):
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            assert self.processes[1].poll() is None, (folder / "log").read_text()
            try:
                if requests.get(f"{self.url}/hub/health", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.5)
        raise AssertionError((folder / "log").read_text())

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        self.log.close()


def profiles(page):
    return re.findall(r'name="profile"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="profile"', page)


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.stop()


@pytest.fixture(scope="module")
def with_issuer(tmp_path_factory, issuer):
    def authentication(url, _):
        return {
            "kind": "oidc",
            "issuer": issuer.url,
            "client_id": "lake",
            "callback": f"{url}/hub/oauth_callback",
            "scopes": ["openid", "groups"],
            "username_claim": "preferred_username",
            "groups_claim": "groups",
            "admin_groups": ["platform"],
        }

    hub = Hub(tmp_path_factory.mktemp("oidc"), authentication, OIDC_CLIENT_SECRET="secret-of-test")
    yield hub
    hub.stop()


def test_a_member_of_a_team_logs_in_and_sees_its_profiles(with_issuer, issuer):
    issuer.user = {"preferred_username": "ada", "groups": ["science"]}
    browser = requests.Session()
    page = browser.get(f"{with_issuer.url}/hub/oauth_login", timeout=60)
    assert page.status_code == 200
    asked, exchanged = issuer.requests[-2:]
    assert asked["client_id"] == ["lake"]
    assert asked["scope"] == ["openid groups"]
    # A code that is stolen on its way is of no use.
    assert asked["code_challenge_method"] == ["S256"]
    assert exchanged["code_verifier"]
    form = browser.get(f"{with_issuer.url}/hub/spawn/ada", timeout=60)
    assert form.status_code == 200
    assert "small: 1 cores" in form.text
    assert "large: 4 cores" in form.text
    assert "science" in form.text
    assert "analytics" not in form.text


def test_who_is_in_no_team_is_not_let_in(with_issuer, issuer):
    issuer.user = {"preferred_username": "eve", "groups": ["sales"]}
    assert requests.Session().get(f"{with_issuer.url}/hub/oauth_login", timeout=60).status_code == 403
    issuer.user = {"preferred_username": "eve"}
    assert requests.Session().get(f"{with_issuer.url}/hub/oauth_login", timeout=60).status_code == 403


def test_only_members_of_the_group_administer(with_issuer, issuer):
    for name, groups, status in [("root", ["platform"], 200), ("ada", ["science"], 403)]:
        issuer.user = {"preferred_username": name, "groups": groups}
        browser = requests.Session()
        browser.get(f"{with_issuer.url}/hub/oauth_login", timeout=60)
        assert browser.get(f"{with_issuer.url}/hub/admin", timeout=60).status_code == status


@pytest.fixture(scope="module")
def with_accounts(tmp_path_factory):
    hub = Hub(
        tmp_path_factory.mktemp("accounts"),
        lambda _, values: values["authentication"],
        ADMIN_PASSWORD="generated-in-the-cluster-0123456789",
    )
    yield hub
    hub.stop()


def xsrf(browser):
    return next(each.value for each in browser.cookies if each.name == "_xsrf" and each.path == "/hub/")


def log_in(url, name, password):
    browser = requests.Session()
    browser.get(f"{url}/hub/login", timeout=60)
    data = {"username": name, "password": password, "_xsrf": xsrf(browser)}
    return browser, "/hub/login" not in browser.post(f"{url}/hub/login", data=data, timeout=60).url


def sign_up(url, name, password):
    browser = requests.Session()
    browser.get(f"{url}/hub/signup", timeout=60)
    data = {"username": name, "signup_password": password, "signup_password_confirmation": password}
    return browser.post(f"{url}/hub/signup", data={**data, "_xsrf": xsrf(browser)}, timeout=60)


def test_nobody_gets_in_whom_the_administrator_has_not_let_in(with_accounts):
    url = with_accounts.url
    password = "a-long-password-of-grace"
    sign_up(url, "grace", password)
    assert log_in(url, "grace", password)[1] is False
    admin, inside = log_in(url, "admin", "generated-in-the-cluster-0123456789")
    assert inside
    assert "grace" in admin.get(f"{url}/hub/authorize", timeout=60).text
    admin.get(f"{url}/hub/authorize/grace", params={"_xsrf": xsrf(admin)}, timeout=60)
    grace, inside = log_in(url, "grace", password)
    assert inside
    # In no team yet.
    assert grace.get(f"{url}/hub/spawn/grace", timeout=60).status_code == 403


def test_nobody_can_ask_for_the_account_of_the_administrator_or_have_a_short_password(with_accounts):
    url = with_accounts.url
    sign_up(url, "admin", "another-long-password")
    assert log_in(url, "admin", "another-long-password")[1] is False
    sign_up(url, "brief", "short")
    assert log_in(url, "brief", "short")[1] is False
