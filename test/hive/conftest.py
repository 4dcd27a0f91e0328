"""One PostgreSQL with the schema of the metastore, one store, and two metastores beside each other, for all tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rig import ENDPOINT, HERE, REGION, WAREHOUSE, Engine, Metastore, Postgres, Site, compile_java, rename
from store import Store


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = compile_java(tmp_path_factory.mktemp("classes") / "made", *HERE.glob("*.java"), *HERE.glob("catalog/**/*.java"))
    # These classes come before those of the jar.
    rename(made)
    return made


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    # Its other ports are fixed too, and one is this plus 10,000, which of any free port may be none.
    store = Store(f"http://127.0.0.1:{urlsplit(ENDPOINT).port}", REGION, tmp_path_factory.mktemp("store"))
    store.start()
    try:
        store.files.create_dir(WAREHOUSE)
        yield store
    finally:
        store.process.terminate()
        store.process.wait(30)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, store: Store, classes: Path) -> Iterator[Site]:
    # PostgreSQL runs as another user where tests are run by root, and pytest closes its own folder to others.
    with tempfile.TemporaryDirectory() as other:
        Path(other).chmod(0o755)
        postgres = Postgres(Path(other) / "postgres")
        with postgres.running():
            yield Site(tmp_path_factory.mktemp("hive"), postgres, store, classes)


@pytest.fixture(scope="session")
def schema(site: Site) -> Path:
    """The tables of the metastore, made as the Job makes them; where the scripts are that it ran."""
    home = site.scripts()
    site.schema_tool("schema", home)
    return home


@pytest.fixture(scope="session")
def metastores(site: Site, schema: Path) -> Iterator[list[Metastore]]:
    with Metastore(site, "first").running() as first, Metastore(site, "second").running() as second:
        yield [first, second]


@pytest.fixture(scope="session")
def engine(site: Site, metastores: list[Metastore]) -> Iterator[Engine]:
    with Engine(site, metastores[0]).running() as running:
        yield running
