import json
import os
import secrets
import shutil

import pytest
from inside import DIST, NAMESPACES, password
from listener import Listener
from programs import Store


@pytest.fixture(scope="session")
def listener():
    made = Listener()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def store(tmp_path_factory, listener):
    folder = tmp_path_factory.mktemp("store")
    admin = {"accessKey": password(), "secretKey": password()}
    given = {
        **admin,
        "volumes": password(),
        "filers": password(),
        "encryption": secrets.token_hex(32),
        "token": password(),
        "s3.json": json.dumps({"identities": [{"name": "admin", "credentials": [admin], "actions": ["Admin"]}]}),
    }
    made = Store(DIST, folder, os.environ["ETCD"], shutil.which("weed"), given, listener.address)
    made.keys = {name: (password(), password()) for name in NAMESPACES}
    made.start()
    try:
        yield made
    finally:
        made.stop()
