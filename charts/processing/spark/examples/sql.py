"""Runs a file of SQL statements, in order.

    sql.py --statements URI [--parameter NAME=VALUE]…

The file is one script of Spark: statements end with a semicolon; variables, conditions and loops may be
used. All of it is read and parsed before anything runs, so a mistake of spelling changes no table. A
statement takes the value of a parameter as :NAME, also within IDENTIFIER(…), but never as part of its text.

The rows of the last statement are printed, 20 at most. A statement that fails ends the run; what came
before it stays, so write statements that can be repeated: CREATE OR REPLACE, INSERT OVERWRITE, MERGE.
Exit code 2: bad arguments, or a script that cannot be parsed. 1: a statement failed.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyspark.errors import ParseException
from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Options:
    """The checked command line."""

    statements: str
    parameters: dict[str, str]


def file(text: str) -> str:
    uri = urlsplit(text)
    if not uri.scheme or not uri.path.strip("/"):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a URI of a file, such as s3a://bucket/jobs/orders.sql"
        )
    return text


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE, such as day=2026-11-24")
    return name, value


def parse(argv: Sequence[str] | None = None) -> Options:
    """Reads the command line; exits with code 2 and one message where it is wrong."""
    parser = argparse.ArgumentParser(prog="sql.py", description="Runs a file of SQL statements.")
    parser.add_argument("--statements", required=True, type=file, metavar="URI")
    parser.add_argument("--parameter", action="append", default=[], type=pair, metavar="NAME=VALUE")
    args = parser.parse_args(argv)
    return Options(args.statements, dict(args.parameter))


def read(spark: SparkSession, uri: str) -> str:
    """The text of a file in any store that Hadoop knows."""
    rows = spark.read.text(uri, wholetext=True).collect()
    return "\n".join(row.value for row in rows)


def script(text: str) -> str:
    """Statements as one script, which Spark parses as a whole; what is one already stays as it is."""
    plain = without_comments(text).strip()
    if re.match(r"BEGIN\b", plain, re.IGNORECASE):
        return text
    # The last statement may lack its semicolon; a comment may be behind it.
    end = "\n;END" if plain and not plain.endswith(";") else "\nEND"
    return f"BEGIN\n{text}{end}"


# What is quoted is matched first, so that nothing within it is taken for something else.
QUOTED = r"""(?P<quoted>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`)"""
COMMENT = r"(?P<comment>--[^\n]*|/\*.*?\*/)"
LITERAL = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
NAME = r"(?:\w+|`[^`]+`)"


def without_comments(text: str) -> str:
    return re.sub(f"{QUOTED}|{COMMENT}", lambda found: found["quoted"] or " ", text, flags=re.DOTALL)


def with_values(text: str, parameters: dict[str, str]) -> str:
    """
    Each :NAME as a literal. The parsers of Delta and Iceberg, through which every statement goes, lose what
    Spark itself would bind in a script.
    """

    def value(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in parameters:
            return found[0]
        escaped = parameters[name].replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    # A colon behind a word is a path into a value, a second one a cast.
    return re.sub(rf"{QUOTED}|{COMMENT}|(?<![\w:]):(?P<name>[A-Za-z_]\w*)", value, text, flags=re.DOTALL)


def with_names(text: str) -> str:
    """
    IDENTIFIER(…) of nothing but literals as the name that it gives: behind the clause, Spark does not find a Delta table
    by its path. What is no name stays for Spark to refuse, so a value never becomes more than a name.
    """

    def name(found: re.Match[str]) -> str:
        if found["literals"] is None:
            return found[0]
        parts = (each[0][1:-1] for each in re.finditer(LITERAL, found["literals"], re.DOTALL))
        given = re.sub(r"\\(.)", r"\1", "".join(parts), flags=re.DOTALL)
        return given if re.fullmatch(rf"{NAME}(?:\.{NAME})*", given) else found[0]

    clause = rf"(?<![\w.])IDENTIFIER\s*\(\s*(?P<literals>{LITERAL}(?:\s*\|\|\s*{LITERAL})*)\s*\)"
    return re.sub(f"{QUOTED}|{COMMENT}|{clause}", name, text, flags=re.DOTALL | re.IGNORECASE)


def run(spark: SparkSession, options: Options) -> None:
    text = read(spark, options.statements)
    result = spark.sql(with_names(with_values(script(text), options.parameters)))
    if result.columns:
        result.show(20, truncate=False)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(argv)
    name = options.statements.rsplit("/", 1)[-1]
    spark = (
        SparkSession.builder.appName(f"sql-{name}")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        run(spark, options)
    except ParseException as error:
        print(f"sql.py: error: {options.statements}: {error}", file=sys.stderr)
        return 2
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
