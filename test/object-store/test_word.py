"""Word of new objects, as the real store posts it, judged by the filters of the sensor in dist."""

import os
import re
import time
from functools import cache
from pathlib import Path

import yaml
from inside import NAMES, client, run

SENSOR = Path(os.environ["LAKEPORT_DIST"]) / "onprem/argo-events/sensor-ingestion.yaml"
RAW = NAMES["raw"]


@cache
def filters() -> list[dict]:
    dependencies = yaml.safe_load(SENSOR.read_text())["spec"]["dependencies"]
    return next(each for each in dependencies if each["name"] == "on-landing")["filters"]["data"]


def found(path: str, data: dict) -> str | None:
    """What gjson finds: a value, or a list of those of several that are there."""
    if path.startswith("["):
        values = [found(each, data) for each in path[1:-1].split(",")]
        return "[" + ",".join(f'"{each}"' for each in values if each is not None) + "]"
    value = data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def passes(body: dict) -> bool:
    data = {"body": body}
    values = [(found(each["path"], data), each["value"]) for each in filters()]
    return all(value is not None and any(re.search(one, value) for one in wanted) for value, wanted in values)


def told(body: dict) -> str:
    return re.sub(r"[.]versions/v_[0-9a-f]{32}$", "", body["key"].removeprefix("/buckets/"))


def heard(listener, count: int, seconds: float = 60) -> list[str]:
    """Objects of which the sensor would hear, once there are so many and nothing more comes."""
    end = time.monotonic() + seconds
    while True:
        objects = [told(body) for _, _, body in list(listener.posts) if passes(body)]
        if len(objects) >= count or time.monotonic() > end:
            break
        time.sleep(0.2)
    time.sleep(2)
    return [told(body) for _, _, body in list(listener.posts) if passes(body)]


def upload(s3, key: str, parts: int) -> None:
    upload = {"Bucket": RAW, "Key": key}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    numbers = range(1, parts + 1)
    tags = [s3.upload_part(**upload, PartNumber=each, Body=os.urandom(5 << 20))["ETag"] for each in numbers]
    done = [{"PartNumber": number, "ETag": tag} for number, tag in zip(numbers, tags, strict=True)]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})


def test_each_upload_is_told_once_by_whichever_gateway_took_it(store, listener):
    run(store, "set-up.sh")
    one, other = (client(store, "admin", f"gateway-{index}") for index in range(2))
    heard(listener, 0)
    listener.posts.clear()
    one.put_object(Bucket=RAW, Key="orders/day=1 a/x&y.csv", Body=b"first")
    other.put_object(Bucket=RAW, Key="orders/day=1 a/x&y.csv", Body=b"second")
    one.put_object(Bucket=RAW, Key="orders/_SUCCESS", Body=b"")
    upload(other, "orders/large", 2)
    one.copy_object(Bucket=RAW, Key="orders/copy", CopySource={"Bucket": RAW, "Key": "orders/large"})
    assert sorted(heard(listener, 5)) == sorted(
        f"{RAW}/orders/{name}" for name in ("day=1 a/x&y.csv", "day=1 a/x&y.csv", "_SUCCESS", "large", "copy")
    )
    keys = [body["key"] for _, _, body in listener.posts if passes(body)]
    assert len(set(keys)) == len(keys), "two versions of an object would be one event"


def test_what_is_deleted_and_what_is_elsewhere_is_not_told(store, listener):
    s3 = client(store, "admin")
    heard(listener, 0)
    listener.posts.clear()
    s3.delete_object(Bucket=RAW, Key="orders/copy")
    s3.put_object(Bucket=NAMES["curated"], Key="orders/x", Body=b"x")
    s3.put_object(Bucket=RAW, Key="orders/last", Body=b"x")
    assert heard(listener, 1) == [f"{RAW}/orders/last"]
    assert not [body["key"] for _, _, body in listener.posts if NAMES["curated"] in body["key"]]


def test_every_post_shows_the_token(store, listener):
    assert listener.posts
    assert {(path, header) for path, header, _ in listener.posts} == {("/objects", f"Bearer {store.secrets['token']}")}


def test_word_that_nobody_takes_is_a_line_of_the_log_and_is_not_told_again(store, listener):
    heard(listener, 0)
    listener.posts.clear()
    listener.away = True
    client(store, "admin", "gateway-0").put_object(Bucket=RAW, Key="orders/meanwhile", Body=b"x")
    end = time.monotonic() + 30
    while not listener.refused and time.monotonic() < end:
        time.sleep(0.2)
    listener.away = False
    assert listener.refused
    client(store, "admin", "gateway-0").put_object(Bucket=RAW, Key="orders/after", Body=b"x")
    # Longer than the first wait of a retry would be, if there were one.
    time.sleep(5)
    assert heard(listener, 1) == [f"{RAW}/orders/after"]
    # The gateway that is asked may hand an object on to the other.
    log = "".join((store.programs[f"gateway-{each}"].folder / "log").read_text() for each in range(2))
    assert re.search(r"failed to send message to webhook /buckets/\S+/orders/meanwhile[.]versions/", log)
