"""One PostgreSQL with the schema of the metastore, and two metastores beside each other, for all tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rig import HERE, Engine, Metastore, Postgres, Site, compile_java, rename


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = compile_java(tmp_path_factory.mktemp("classes") / "made", *HERE.glob("*.java"), *HERE.glob("catalog/**/*.java"))
    # These classes come before those of the jar.
    rename(made)
    return made


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, classes: Path) -> Iterator[Site]:
    # PostgreSQL runs as another user where tests are run by root, and pytest closes its own folder to others.
    with tempfile.TemporaryDirectory() as other:
        Path(other).chmod(0o755)
        postgres = Postgres(Path(other) / "postgres")
        with postgres.running():
            yield Site(tmp_path_factory.mktemp("hive"), postgres, classes)


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
