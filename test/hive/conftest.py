"""One PostgreSQL with the schema of the metastore, and two metastores beside each other, for all tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from rig import HERE, MAKING, Metastore, Postgres, Site, compile_java, rename


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = compile_java(tmp_path_factory.mktemp("classes") / "made", *HERE.glob("*.java"), *HERE.glob("catalog/**/*.java"))
    # These classes come before those of the jar.
    rename(made)
    return made


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # PostgreSQL runs as another user where tests are run by root, and pytest closes its own folder to others.
    with tempfile.TemporaryDirectory() as other:
        Path(other).chmod(0o755)
        postgres = Postgres(Path(other) / "postgres")
        with postgres.running():
            yield Site(tmp_path_factory.mktemp("hive"), postgres)


@pytest.fixture(scope="session")
def metastores(site: Site, classes: Path) -> Iterator[list[Metastore]]:
    site.postgres.sql((HERE / "transactions.sql").read_text())
    # In place of schematool, whose scripts are not on Maven Central: the tables of the mapping, and the version.
    with Metastore(site, "making", classes, MAKING).running():
        pass
    assert site.postgres.sql('select "SCHEMA_VERSION" from "VERSION"') == ["4.1.0"]
    # A metastore that checks the version makes no tables that are missing.
    lenient = {"metastore.schema.verification": "false"}
    with (
        Metastore(site, "first", classes, lenient).running() as first,
        Metastore(site, "second", classes, lenient).running() as second,
    ):
        yield [first, second]
