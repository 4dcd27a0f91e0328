import io
import json

import lakehub
import pytest
from tornado import web

VALUES = {
    "teams": [
        {"name": "science", "namespace": "team-science", "group": "lake-science"},
        {"name": "analytics", "namespace": "team-analytics", "group": "lake-analytics"},
    ],
    "profiles": [
        {
            "name": "small",
            "cores": 1,
            "memory": "4096M",
            "gpus": 0,
            "idleSeconds": 1800,
            "spark": "a",
            "description": "",
        },
        {"name": "gpu", "cores": 8, "memory": "64G", "gpus": 1, "idleSeconds": 600, "spark": "b", "description": "Big"},
    ],
}


def test_a_user_chooses_among_own_teams_alone():
    for entry in lakehub.profiles_for(VALUES, {"lake-analytics", "something else"}):
        choices = entry["profile_options"]["team"]["choices"]
        assert [choice["kubespawner_override"]["namespace"] for choice in choices.values()] == ["team-analytics"]


def test_who_is_in_no_team_is_told_which_groups_there_are():
    with pytest.raises(web.HTTPError) as refused:
        lakehub.profiles_for(VALUES, {"science"})
    assert refused.value.status_code == 403
    assert "lake-science, lake-analytics" in refused.value.log_message


def test_every_profile_sets_the_same_fields_so_that_none_keeps_what_another_had():
    entries = lakehub.profiles_for(VALUES, {"lake-science"})
    small, gpu = (entry["kubespawner_override"] for entry in entries)
    assert small.keys() == gpu.keys()
    for field in ("extra_resource_limits", "extra_resource_guarantees", "environment"):
        assert small[field].keys() == gpu[field].keys()
    assert gpu["extra_resource_limits"] == {"nvidia.com/gpu": "1"}
    assert small["extra_resource_limits"] == {"nvidia.com/gpu": None}


def test_a_server_ends_itself_after_the_time_of_its_profile():
    for seconds in (300, 1800):
        arguments = dict(each.removeprefix("--").split("=") for each in lakehub.idle_arguments(seconds))
        assert arguments["ServerApp.shutdown_no_activity_timeout"] == str(seconds)
        assert arguments["MappingKernelManager.cull_idle_timeout"] == str(seconds)
        assert int(arguments["MappingKernelManager.cull_interval"]) < seconds


def answers(*bodies):
    told = iter(bodies)

    def fetch(url, timeout):
        assert url == "https://login.example.com/lake/.well-known/openid-configuration"
        body = next(told)
        if isinstance(body, Exception):
            raise body
        return io.BytesIO(body.encode())

    return fetch


def test_an_issuer_that_is_not_there_yet_is_asked_again():
    configuration = {"issuer": "https://login.example.com/lake/", "token_endpoint": "x"}
    fetch = answers(TimeoutError("slow"), "<html>", json.dumps(configuration))
    assert lakehub.discover("https://login.example.com/lake", pause=0, fetch=fetch) == configuration


def test_an_issuer_that_stays_away_or_is_another_one_is_named():
    with pytest.raises(RuntimeError, match="does not answer: slow"):
        lakehub.discover("https://login.example.com/lake", tries=2, pause=0, fetch=answers(*[TimeoutError("slow")] * 2))
    other = json.dumps({"issuer": "https://evil.example.com"})
    with pytest.raises(RuntimeError, match="of another issuer: https://evil.example.com"):
        lakehub.discover("https://login.example.com/lake", fetch=answers(other))
