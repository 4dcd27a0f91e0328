"""Resolves the jars of images/spark and images/hive from Maven, and compares the lists there with what was resolved.

A list has what Maven resolves from its coordinates, less what Spark's own distribution has already, with all that only
comes along with it. One of images/hive has its coordinates and nothing that comes along with them. Each SHA-256 is of a jar whose SHA-1 is the one that Maven Central gives for it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyspark

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
# POMs name repositories of their own; everything is taken from one place.
SETTINGS = """<settings><mirrors><mirror>
<id>central-only</id><mirrorOf>*</mirrorOf><url>{url}</url>
</mirror></mirrors></settings>"""
MODULE = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>lists</groupId><artifactId>{name}</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>{dependencies}</dependencies></project>"""
PARENT = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>lists</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>
<modules>{modules}</modules></project>"""
# A shaded jar has what it needs in it.
ALONE = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    classifier: str = ""

    @property
    def path(self) -> str:
        """Where it lies in a Maven repository."""
        name = "-".join(filter(None, (self.artifact, self.version, self.classifier)))
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{name}.jar"


def dependency(coordinate: str, *, alone: bool) -> str:
    group, artifact, version, *classifier = coordinate.split(":")
    extra = f"<classifier>{classifier[0]}</classifier>" if classifier else ""
    extra += ALONE if classifier or alone else ""
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version>{extra}</dependency>"
    )


def run_maven(work: Path, lists: dict[str, list[str]], *, alone: bool) -> None:
    """Fetches everything and writes the tree of each list to its folder."""
    for name, coordinates in lists.items():
        (work / name).mkdir()
        dependencies = "".join(dependency(coordinate, alone=alone) for coordinate in coordinates)
        text = MODULE.format(name=name, dependencies=dependencies)
        (work / name / "pom.xml").write_text(text)
    (work / "pom.xml").write_text(
        PARENT.format(modules="".join(f"<module>{name}</module>" for name in lists))
    )
    url = os.environ.get("MAVEN", "https://repo1.maven.org/maven2")
    (work / "settings.xml").write_text(SETTINGS.format(url=url))
    # A jar whose checksum is not the published one fails the build.
    command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--settings", "settings.xml"]
    goals = [f"{PLUGIN}:copy-dependencies", f"{PLUGIN}:tree"]
    options = ["-DincludeScope=runtime", "-DoutputDirectory=jars", "-Dverbose", "-DoutputFile=tree.txt"]
    result = subprocess.run([*command, *goals, *options], cwd=work, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"test:images: Maven failed\n{result.stdout[-4000:]}")


LINE = re.compile(
    r"^(?P<indent>[| +\\-]*?)\(?(?P<coordinate>[\w.-]+:[\w.-]+:jar:[\w.:-]+?):(?:compile|runtime)\b(?P<note>.*)$"
)


def tree(text: str) -> Iterator[tuple[int, Jar, str]]:
    """Depth, jar and remark of each line; a depth of 1 is what a list names itself."""
    for line in text.splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        group, artifact, _, *classifier, version = found["coordinate"].split(":")
        yield len(found["indent"]) // 3, Jar(group, artifact, version, *classifier), found["note"]


def kept(text: str, spark: set[str]) -> set[Jar]:
    """The jars of a tree, without what Spark has and what comes along with that only."""
    lines = list(tree(text))
    chosen = {(jar.group, jar.artifact): jar for _, jar, note in lines if "omitted" not in note}
    jars: set[Jar] = set()
    below: int | None = None
    for depth, jar, _ in lines:
        if below is not None and depth > below:
            continue
        below = depth if jar.artifact in spark else None
        if below is None:
            jars.add(chosen[jar.group, jar.artifact])
    return jars


def artifacts_of_spark() -> set[str]:
    """Names of the jars in Spark's distribution, without their versions."""
    files = (Path(pyspark.__file__).parent / "jars").glob("*.jar")
    return {re.sub(r"-\d.*$", "", file.stem) for file in files}


def checksum(jar: Jar) -> str:
    """The SHA-256 of a jar that Maven has fetched and whose published SHA-1 is right."""
    file = Path.home() / ".m2/repository" / jar.path
    content = file.read_bytes()
    published = file.with_name(f"{file.name}.sha1").read_text().split()[0]
    found = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if found != published:
        sys.exit(f"test:images: {file}: its SHA-1 is {found}, and Maven Central says {published}")
    return hashlib.sha256(content).hexdigest()


def listing(coordinates: list[str], jars: set[Jar]) -> str:
    head = [f"# {coordinate}" for coordinate in coordinates]
    lines = [f"{checksum(jar)} {jar.path}" for jar in sorted(jars, key=lambda jar: jar.path)]
    return "\n".join(["# Made by npm run test:images -- --write from", *head, *lines]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matrix", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    matrix = json.loads(chosen.matrix.read_text())
    compare(chosen.work / "spark", matrix["lists"], chosen.images / "spark", artifacts_of_spark(), write=chosen.write)
    compare(chosen.work / "hive", matrix["hive"], chosen.images / "hive", None, write=chosen.write)


def compare(
    work: Path, lists: dict[str, list[str]], images: Path, present: set[str] | None, *, write: bool
) -> None:
    """Makes the lists of one image and holds them against those that are there, or writes them.

    :param present: names of what the image has already; None where nothing that comes along is wanted
    """
    work.mkdir()
    run_maven(work, lists, alone=present is None)
    for name, coordinates in lists.items():
        file = images / f"jars-{name}.txt"
        made = listing(coordinates, kept((work / name / "tree.txt").read_text(), present or set()))
        if write:
            file.write_text(made)
        elif not file.exists() or file.read_text() != made:
            sys.exit(
                f"test:images: {file.name} of {images.name} is not what Maven resolves\n{made}"
                "  remedy: npm run test:images -- --write, read the difference and commit it"
            )


if __name__ == "__main__":
    main()
