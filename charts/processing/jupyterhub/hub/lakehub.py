"""What the hub decides: who sees which sizes of servers, in which teams, and what a server is started with."""

import json
import time
import urllib.request
from urllib.error import URLError

from nativeauthenticator import NativeAuthenticator
from tornado import web
from traitlets import Unicode


def teams_of(values, groups):
    """The teams of a user by the groups that the user is in.

    :param values: what values.json holds
    :param groups: names of groups
    """
    return [team for team in values["teams"] if team["group"] in groups]


def profiles_for(values, groups):
    """The entries of the spawn page for a user, in the words of KubeSpawner; the first is the default.

    Every entry sets the same fields: a spawner lives on from one server of a user to the next, and what only some of
    them set would stay.

    :raises web.HTTPError: 403 for a user who is in no team
    """
    teams = teams_of(values, groups)
    if not teams:
        names = ", ".join(team["group"] for team in values["teams"])
        raise web.HTTPError(403, f"You are in no team. Ask to be put into one of these groups: {names}")
    return [_entry(profile, teams) for profile in values["profiles"]]


def _entry(profile, teams):
    gpus = profile["gpus"]
    size = f"{profile['cores']:g} cores, {profile['memory']}B" + (f", {gpus} GPUs" if gpus else "")
    return {
        "slug": profile["name"],
        "display_name": f"{profile['name']}: {size}",
        "description": profile["description"],
        "kubespawner_override": {
            "cpu_guarantee": profile["cores"],
            "mem_guarantee": profile["memory"],
            "mem_limit": profile["memory"],
            # None takes away what an earlier server had.
            "extra_resource_guarantees": {"nvidia.com/gpu": str(gpus) if gpus else None},
            "extra_resource_limits": {"nvidia.com/gpu": str(gpus) if gpus else None},
            "args": idle_arguments(profile["idleSeconds"]),
            "environment": {"PYSPARK_SUBMIT_ARGS": profile["spark"]},
        },
        "profile_options": {
            "team": {
                "display_name": "Team",
                "choices": {team["name"]: _choice(team) for team in teams},
            }
        },
    }


def _choice(team):
    return {
        "display_name": team["name"],
        "kubespawner_override": {
            "namespace": team["namespace"],
            "environment": {"LAKE_TEAM": team["name"]},
        },
    }


def idle_arguments(seconds):
    """Has a server stop kernels that do nothing, with their Spark sessions, and then itself.

    A kernel that computes is not idle; one whose page is merely open is.
    """
    interval = max(1, min(60, seconds // 5))
    return [
        f"--MappingKernelManager.cull_idle_timeout={seconds}",
        f"--MappingKernelManager.cull_interval={interval}",
        "--MappingKernelManager.cull_connected=True",
        f"--TerminalManager.cull_inactive_timeout={seconds}",
        f"--TerminalManager.cull_interval={interval}",
        f"--ServerApp.shutdown_no_activity_timeout={seconds}",
    ]


def discover(issuer, tries=30, pause=2.0, fetch=urllib.request.urlopen):
    """Where an issuer says that it does what: its OpenID configuration.

    :param issuer: https URL
    :param tries: how often it is asked, with `pause` seconds between
    :raises RuntimeError: where it does not answer, or says that it is another one
    """
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    why = None
    for attempt in range(tries):
        if attempt:
            time.sleep(pause)
        try:
            with fetch(url, timeout=10) as answer:
                found = json.load(answer)
        except (URLError, TimeoutError, ValueError) as error:
            why = error
            continue
        if found.get("issuer", "").rstrip("/") != issuer.rstrip("/"):
            raise RuntimeError(f"{url} is of another issuer: {found.get('issuer')}")
        return found
    raise RuntimeError(f"{url} does not answer: {why}")


class Accounts(NativeAuthenticator):
    """Accounts of the hub itself. People ask for one; the administrator lets them in and puts them into groups.

    The account of the administrator is there from the beginning, so that nobody else can ask for it.
    """

    admin_name = Unicode(config=True, help="Name of the account that administers")
    admin_password = Unicode(config=True, help="Its password at first; it stays when it was changed")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user_exists(self.admin_name):
            return
        if not self.create_user(self.admin_name, self.admin_password):
            raise ValueError(f"the account {self.admin_name} could not be made")
