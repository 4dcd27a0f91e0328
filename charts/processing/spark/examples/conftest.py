"""A local Spark that the tests share."""

import os
import sys
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from pyspark.sql import SparkSession
from support import tables


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    # Functions in Python run in this one.
    with patch.dict(os.environ, PYSPARK_PYTHON=sys.executable):
        session = begin(tmp_path_factory)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def begin(tmp_path_factory: pytest.TempPathFactory) -> SparkSession:
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.showConsoleProgress", "false")
        .config(map=tables(tmp_path_factory.mktemp("iceberg")))
        .config("spark.sql.shuffle.partitions", "3")
        # Every plan here is another one, of few rows: to compile it takes longer than to interpret it. The tests that run
        # a program as a process leave that as it is.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        # What the platform or a user may set, and the program must not depend on.
        .config("spark.sql.session.timeZone", "Asia/Kolkata")
        # Spark looks at these when a session starts, so that they must be classes of the right kind; neither
        # can commit the files of this program.
        .config(
            "spark.sql.sources.commitProtocolClass",
            "org.apache.spark.sql.execution.streaming.ManifestFileCommitProtocol",
        )
        .config(
            "spark.sql.parquet.output.committer.class",
            "org.apache.hadoop.mapreduce.lib.output.BindingPathOutputCommitter",
        )
        .getOrCreate()
    )
