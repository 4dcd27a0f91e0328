"""One cluster for all tests; it starts in minutes."""

from collections.abc import Iterator

import pytest
from cluster import Cluster, render
from issuer import Issuer


@pytest.fixture(scope="session")
def rendered() -> dict:
    return render()


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    issuer = Issuer(tmp_path_factory.mktemp("issuer"))
    yield issuer
    issuer.stop()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, rendered: dict, issuer: Issuer) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("trino"), rendered, issuer.url)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
