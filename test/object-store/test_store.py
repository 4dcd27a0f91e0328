"""The store of the site onprem, with real programs, the settings of dist and its own scripts."""

import json
import os
import time

import pytest
from botocore.exceptions import ClientError
from inside import CONTRACT, FILES, NAMES, NAMESPACES, client, run

TEXT = b"nobody reads this on a disk"


def refused(method, **arguments) -> bool:
    """Whether a method of a client is answered with 403; any other failure is one of the test."""
    try:
        method(**arguments)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403, error
        return True
    return False


def test_nobody_may_do_anything_before_the_job_has_run(store):
    assert refused(client(store, None).list_objects_v2, Bucket=NAMES["raw"])
    assert refused(client(store, NAMESPACES[0]).list_objects_v2, Bucket=NAMES["raw"])


def test_the_job_can_run_again(store):
    first = run(store, "set-up.sh")
    assert first.count("is as it should be") == len(NAMES)
    assert run(store, "set-up.sh") == first


@pytest.mark.parametrize("purpose", NAMES)
def test_a_bucket_is_as_the_contract_says(store, purpose):
    said, admin = CONTRACT["buckets"][purpose], client(store, "admin")
    name = said["Bucket"]
    rules = admin.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert sorted(rules, key=lambda rule: rule["ID"]) == sorted(
        said["LifecycleConfiguration"]["Rules"], key=lambda rule: rule["ID"]
    )
    assert admin.get_bucket_versioning(Bucket=name)["Status"] == said["VersioningConfiguration"]["Status"]
    encrypted = admin.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert [each["ApplyServerSideEncryptionByDefault"] for each in encrypted] == [
        each["ApplyServerSideEncryptionByDefault"] for each in said["ServerSideEncryptionConfiguration"]["Rules"]
    ]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_namespace_may_do_what_it_is_granted_and_nothing_else(store, namespace):
    granted = {}
    for each in CONTRACT["grants"]:
        if each["namespace"] == namespace:
            granted.setdefault(each["bucket"], set()).update(each["access"].split("-"))
    s3, admin = client(store, namespace), client(store, "admin")
    for purpose, name in NAMES.items():
        admin.put_object(Bucket=name, Key="there", Body=TEXT)
        access = granted.get(purpose, set())
        own = {"Bucket": name, "Key": f"own/{namespace}"}
        assert refused(s3.get_object, Bucket=name, Key="there") == ("read" not in access), purpose
        assert refused(s3.put_object, **own, Body=b"x") == ("write" not in access), purpose
        assert refused(s3.delete_object, **own) == ("write" not in access), purpose
        assert refused(s3.list_objects_v2, Bucket=name) == (not access), purpose
        other = CONTRACT["buckets"]["scratch"]["LifecycleConfiguration"]
        assert refused(s3.put_bucket_lifecycle_configuration, Bucket=name, LifecycleConfiguration=other), purpose
        suspended = {"Status": "Suspended"}
        assert refused(s3.put_bucket_versioning, Bucket=name, VersioningConfiguration=suspended), purpose
        assert refused(s3.put_bucket_policy, Bucket=name, Policy="{}"), purpose
        assert refused(s3.put_bucket_acl, Bucket=name, ACL="public-read"), purpose
        assert refused(s3.delete_bucket, Bucket=name), purpose
    assert refused(s3.create_bucket, Bucket=f"{namespace}-own")


def test_what_somebody_deletes_comes_back_and_nobody_can_delete_that(store):
    team, admin = client(store, "team-analytics"), client(store, "admin")
    key = {"Bucket": NAMES["curated"], "Key": "table/part-0"}
    team.put_object(**key, Body=b"first")
    team.put_object(**key, Body=b"second")
    team.delete_object(**key)
    versions = admin.list_object_versions(Bucket=key["Bucket"], Prefix=key["Key"])["Versions"]
    assert len(versions) == 2
    for version in versions:
        assert refused(team.delete_object, **key, VersionId=version["VersionId"])
    assert admin.get_object(**key, VersionId=versions[-1]["VersionId"])["Body"].read() == b"first"


def test_objects_are_encrypted_on_disk_and_each_is_on_two_servers(store):
    body = os.urandom(32).hex().encode() * 4096
    client(store, "admin").put_object(Bucket=NAMES["raw"], Key="big", Body=body)
    data = {
        each.name: b"".join(file.read_bytes() for file in (each.folder / "data").glob("*.dat"))
        for each in store.programs.values()
        if each.name.startswith("volume")
    }
    assert not any(TEXT in each or body[:64] in each for each in data.values())
    assert sum(len(each) > len(body) // 2 for each in data.values()) >= 2


def test_only_one_of_two_writers_wins(store):
    key = {"Bucket": NAMES["curated"], "Key": "table/_log/0.json", "IfNoneMatch": "*"}
    client(store, "team-science", "gateway-0").put_object(**key, Body=b"one")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        client(store, "team-science", "gateway-1").put_object(**key, Body=b"other")


def test_what_one_gateway_has_written_the_other_sees_at_once(store):
    one, other = (client(store, "team-science", f"gateway-{index}") for index in range(2))
    for index in range(50):
        key = f"seen/{index}"
        one.put_object(Bucket=NAMES["raw"], Key=key, Body=b"x")
        listed = other.list_objects_v2(Bucket=NAMES["raw"], Prefix="seen/")
        assert [each["Key"] for each in listed["Contents"]].count(key) == 1


def test_a_grant_that_is_withdrawn_is_gone(store):
    team = client(store, "team-analytics")
    team.get_object(Bucket=NAMES["raw"], Key="there")
    policy = json.loads(FILES["policy-team-analytics.json"])
    raw = f"arn:aws:s3:::{NAMES['raw']}"
    policy["Statement"] = [each for each in policy["Statement"] if not each["Resource"][0].startswith(raw)]
    run(store, "set-up.sh", {**FILES, "policy-team-analytics.json": json.dumps(policy)})
    time.sleep(2)
    assert refused(team.get_object, Bucket=NAMES["raw"], Key="there")
    run(store, "set-up.sh")
    time.sleep(2)
    assert not refused(team.get_object, Bucket=NAMES["raw"], Key="there")


def test_objects_go_when_a_rule_says_so(store):
    admin, bucket = client(store, "admin"), NAMES["scratch"]
    for key in ("old/x", "new/x"):
        admin.put_object(Bucket=bucket, Key=key, Body=b"x")
    # Days cannot be waited for; a date that is past is judged by the same program.
    rule = {"ID": "t", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Date": "2020-01-01"}}
    admin.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    run(store, "lifecycle.sh")
    left = [each["Key"] for each in admin.list_objects_v2(Bucket=bucket)["Contents"]]
    assert "old/x" not in left and "new/x" in left
    run(store, "set-up.sh")


def test_one_of_each_may_be_away(store):
    admin = client(store, "admin", "gateway-1")
    before = {f"kept/{index}": os.urandom(2000) for index in range(40)}
    for key, body in before.items():
        admin.put_object(Bucket=NAMES["raw"], Key=key, Body=body)
    for name in ("metadata-1", "master-0", "volume-0", "gateway-0"):
        store.programs[name].stop()
    end = time.monotonic() + 120
    for key, body in before.items():
        assert admin.get_object(Bucket=NAMES["raw"], Key=key)["Body"].read() == body
    while True:
        try:
            admin.put_object(Bucket=NAMES["raw"], Key="meanwhile", Body=TEXT)
            break
        except ClientError:
            assert time.monotonic() < end, "nothing can be written"
            time.sleep(1)
    for name in ("metadata-1", "master-0", "volume-0", "gateway-0"):
        store.programs[name].start()
        store.programs[name].wait()
    assert client(store, "admin").get_object(Bucket=NAMES["raw"], Key="meanwhile")["Body"].read() == TEXT
