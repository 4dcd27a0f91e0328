"""Runs sql.py on statements in files, in a local Spark."""

import re
from pathlib import Path

import pytest
import sql
from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import SparkSession


def run(spark: SparkSession, folder: Path, text: str, **parameters: str) -> None:
    """Runs statements as the command line would, in a session of its own."""
    file = folder / "statements.sql"
    file.write_text(text)
    session = spark.newSession()
    # The session is shared with tests of a program that must not depend on how files are committed.
    committers = "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol"
    session.conf.set("spark.sql.sources.commitProtocolClass", committers)
    session.conf.set(
        "spark.sql.parquet.output.committer.class", "org.apache.parquet.hadoop.ParquetOutputCommitter"
    )
    given = [f"--parameter={name}={value}" for name, value in parameters.items()]
    sql.run(session, sql.parse([f"--statements={file.as_uri()}", *given]))


def test_statements_run_in_order_and_take_parameters(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    run(
        spark,
        tmp_path,
        """
        -- Orders of a day; a comment may have a semicolon.
        CREATE TEMPORARY VIEW orders AS VALUES (1, 'a;b'), (2, '--c') AS orders(id, note);
        CREATE TEMPORARY VIEW marked AS SELECT id, note, upper(note) AS loud FROM orders;
        INSERT OVERWRITE DIRECTORY USING parquet OPTIONS (path 'OUT')
          SELECT id, note, :day AS day FROM marked;
        SELECT count(*) AS n, :day AS day FROM IDENTIFIER('parquet.`' || :curated || '`') -- the last one
        """.replace("OUT", out.as_uri()),
        day="2026-11-24",
        curated=out.as_uri(),
    )
    rows = spark.read.parquet(out.as_uri()).orderBy("id").collect()
    assert [tuple(row) for row in rows] == [(1, "a;b", "2026-11-24"), (2, "--c", "2026-11-24")]
    assert "|2  |2026-11-24|" in capsys.readouterr().out


def test_the_documented_statements_make_an_iceberg_table_of_a_stream_s(
    spark: SparkSession, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[4] / "docs/streaming.md").read_text()
    (statements,) = re.findall(r"^```sql\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    landed = "SELECT id AS offset, date'2026-11-24' AS day FROM range"
    table = (tmp_path / "web/clicks").as_uri()
    for rows in (3, 5):
        spark.sql(f"{landed}({rows})").write.save(table, "delta", "overwrite", "day")
        run(spark, tmp_path, statements, curated=tmp_path.as_uri())
        # A session keeps what it knows of a table for a while.
        copied = spark.newSession().table("lake.web.clicks")
        assert sorted(row.offset for row in copied.collect()) == [*range(rows)]


def test_a_script_of_its_own_has_variables_and_loops(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        spark,
        tmp_path,
        """
        /* counts */ -- down
        BEGIN
          DECLARE n INT DEFAULT 3;
          DECLARE steps INT DEFAULT 0;
          WHILE n > 0 DO SET n = n - 1; SET steps = steps + 2; END WHILE;
          SELECT steps;
        END
        """,
    )
    assert "|6    |" in capsys.readouterr().out


def test_a_mistake_of_spelling_changes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    text = "CREATE TABLE spelt USING parquet AS SELECT 1 AS one;\nSELEC 2;\n"
    with pytest.raises(ParseException, match="Syntax error at or near '2'"):
        run(spark, tmp_path, text)
    assert not spark.catalog.tableExists("spelt")


def test_a_statement_that_fails_ends_the_run(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "CREATE TABLE kept USING parquet AS SELECT 1 AS one;"
        "SELECT * FROM nowhere;"
        "CREATE TABLE never USING parquet AS SELECT 1 AS one;"
    )
    try:
        with pytest.raises(AnalysisException, match="nowhere"):
            run(spark, tmp_path, text)
        assert spark.catalog.tableExists("kept")
        assert not spark.catalog.tableExists("never")
        assert capsys.readouterr().out == ""
    finally:
        spark.sql("DROP TABLE IF EXISTS kept")


def test_a_parameter_is_a_value_and_never_part_of_a_statement(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(spark, tmp_path, "SELECT :note AS note;", note="1; DROP TABLE x --")
    assert "|1; DROP TABLE x --|" in capsys.readouterr().out
    run(spark, tmp_path, "SELECT length(:note) AS n, ':note' AS quoted, '7'::int AS cast;", note="it's \\' --")
    assert "|10 |:note |7   |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("FROM IDENTIFIER('delta.`' || 's3a://b' || '/orders`') o", "FROM delta.`s3a://b/orders` o"),
        ("FROM identifier ( \"lake.web\"||'.clicks' )", "FROM lake.web.clicks"),
        *(
            (same, same)
            for same in (
                "FROM IDENTIFIER('delta.`' || 'a` where 1=1 --' || '`')",
                "FROM IDENTIFIER('orders; DROP TABLE x')",
                "FROM IDENTIFIER('delta.`' || target || '`')",
                "SELECT 'IDENTIFIER(''a'')' -- IDENTIFIER('a')",
                "SELECT my_identifier('a'), t.identifier('a')",
            )
        ),
    ],
)
def test_what_an_identifier_names_is_a_name_and_nothing_else(text: str, named: str) -> None:
    assert sql.with_names(text) == named


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("SELECT 1", "SELECT 1\n;END"),
        ("SELECT 1;", "SELECT 1;\nEND"),
        ("SELECT 1; -- one", "SELECT 1; -- one\nEND"),
        ("SELECT 1 /* ; */", "SELECT 1 /* ; */\n;END"),
        ("SELECT '--;';", "SELECT '--;';\nEND"),
        ("SELECT '/*', \"it's -- here\"", "SELECT '/*', \"it's -- here\"\n;END"),
        ("SELECT 'it\\'s -- here';", "SELECT 'it\\'s -- here';\nEND"),
        ("SELECT `a--b`", "SELECT `a--b`\n;END"),
        ("", "\nEND"),
    ],
)
def test_the_last_semicolon_may_be_left_out(text: str, end: str) -> None:
    assert sql.script(text) == f"BEGIN\n{end}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--statements=/jobs/a.sql"], "argument --statements: '/jobs/a.sql' is not a URI of a file"),
        (["--statements=s3a://bucket/"], "argument --statements: 's3a://bucket/' is not a URI"),
        (["--parameter=day"], "argument --parameter: 'day' is not NAME=VALUE"),
        (["--parameter=a b=1"], "argument --parameter: 'a b=1' is not NAME=VALUE"),
        (["--speed=1"], "unrecognized arguments: --speed=1"),
    ],
)
def test_bad_arguments(capsys: pytest.CaptureFixture[str], change: list[str], message: str) -> None:
    assert sql.parse(["--statements=s3a://b/a.sql", "--parameter=x=a=b"]).parameters == {"x": "a=b"}
    with pytest.raises(SystemExit) as stop:
        sql.parse(["--statements=s3a://b/a.sql", *change])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert f"sql.py: error: {message}" in error
    assert error.count("error:") == 1
