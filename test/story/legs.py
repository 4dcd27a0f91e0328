"""The legs of the story, in order. Each fails by an assertion, and returns its rows and what was real of it."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import notebook
import pyarrow.csv
import raw
from cluster import Cluster
from expected import Expected, delta, iceberg, metadata, opened
from job import EXECUTORS, HERE, Run, environment, executors
from rendered import Job, Site
from store import Store

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs/guides"
# The guide of data engineers names buckets of the site `aws`.
PREFIXES = ("example-lake-eu-central-1-", "lake-")
BUCKETS = ("raw", "curated", "presentation", "scratch", "event-logs", "artifacts")
MESSAGES = 60_000


@dataclass
class Story:
    """What one leg leaves for the next."""

    site: Site
    folder: Path
    megabytes: float
    conf: dict[str, str] = field(init=False)
    store: Store = field(init=False)
    expected: Expected = field(init=False)
    applications: int = 0

    def __post_init__(self) -> None:
        lines = (line.split(maxsplit=1) for line in self.site.defaults().splitlines() if line.strip())
        self.conf = {key: value for key, value in lines}

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def bucket(self, purpose: str) -> str:
        return self.conf["spark.eventLog.dir"].removesuffix("event-logs/") + purpose

    @property
    def copied(self) -> str:
        """Where the Iceberg table of the pipeline lies."""
        name = self.argument("iceberg").removeprefix("lake.").replace(".", "/")
        return f"{self.conf['spark.sql.catalog.lake.warehouse']}/{name}"

    def properties(self) -> dict[str, str]:
        """What the site says of every new table of Iceberg."""
        prefix = "spark.sql.catalog.lake.table-default."
        return {key.removeprefix(prefix): value for key, value in self.conf.items() if key.startswith(prefix)}

    def argument(self, name: str) -> str:
        """An argument of the pipeline's jobs."""
        (found,) = {job.options()[name] for job in self.medallion("all")}
        return found

    def medallion(self, day: str) -> list[Job]:
        return self.site.medallion(day)

    def land(self, file: raw.RawFile) -> int:
        self.store.put(f"{self.argument('raw').split('://')[1]}/{file.key}", file.path)
        return file.rows


Leg = Callable[[Story], tuple[int, str]]


def store(story: Story) -> tuple[int, str]:
    conf = story.conf
    endpoint, region = conf["spark.hadoop.fs.s3a.endpoint"], conf["spark.hadoop.fs.s3a.endpoint.region"]
    story.store = Store(endpoint, region, story.folder)
    story.store.start()
    buckets = [story.bucket(purpose).removeprefix("s3a://") for purpose in BUCKETS]
    for bucket in buckets:
        story.store.files.create_dir(bucket)
    return 0, f"SeaweedFS behind {story.store.url.netloc}, {len(buckets)} buckets"


def land(story: Story) -> tuple[int, str]:
    rows = sum(story.land(file) for file in raw.generate(story.files, story.megabytes))
    size = sum(file.stat().st_size for file in story.files.rglob("*.csv"))
    objects = len(story.store.names(story.argument("raw").split("://")[1]))
    assert objects == raw.DAYS * raw.FILES
    return rows, f"{size / 1e6:.0f} MB in {objects} objects"


def count(story: Story) -> tuple[int, str]:
    story.expected = Expected(story.files, story.folder)
    counts = story.expected.counts
    assert counts.duplicates > 0 and counts.quarantined > 0
    return counts.read, f"DuckDB on the files: {counts.duplicates} duplicates, {counts.quarantined} unusable"


def etl(story: Story) -> tuple[int, str]:
    """The workflow over everything; executors are lost while it curates."""
    told = workflow(story, "all", lose_two)
    assert told["curated"]["read"] == story.expected.counts.read
    return told["curated"]["read"], "Spark, three jobs of the workflow; an executor told to leave, another killed"


def late(story: Story) -> tuple[int, str]:
    """A file comes late: its event starts the workflow for its day."""
    rows = story.land(raw.late(story.files, story.megabytes))
    told = workflow(story, str(raw.LATE), lambda _: None)
    story.expected = Expected(story.files, story.folder)
    assert rows < told["curated"]["read"] < story.expected.counts.read
    return rows, f"Spark, the day {raw.LATE} anew ({told['curated']['read']:,} rows)"


def workflow(story: Story, day: str, disturb: Callable[[Run], None]) -> dict[str, dict[str, Any]]:
    """Runs its jobs, each after the one before it; what each told of its layer, by layer."""
    told: dict[str, dict[str, Any]] = {}
    for job in story.medallion(day):
        run = Run(story.site, job, story.folder, {}, [])
        try:
            if job.name == "curated":
                disturb(run)
            (line,) = run.ended()
        finally:
            run.kill()
        assert line["layer"] == job.name and line.get("generated") is not True
        told[job.name] = line
        story.applications += 1
    return told


def lose_two(run: Run) -> None:
    """One is told to leave; the one that it would hand its blocks to is killed meanwhile."""
    run.until(lambda: run.shuffles() > 0 and len(executors()) == EXECUTORS, "a first shuffle")
    leaving, killed = executors()
    os.kill(leaving, signal.SIGPWR)
    os.kill(killed, signal.SIGKILL)
    run.until(lambda: not {leaving, killed} & set(executors()), "the end of both executors")


def tables(story: Story) -> tuple[int, str]:
    expected, counts = story.expected, story.expected.counts
    curated = delta(story.store, story.argument("curated"))
    table = iceberg(story.store, story.copied)
    copied = table.scan().to_arrow()
    assert all(table.properties[key] == value for key, value in story.properties().items()), table.properties
    presentation = delta(story.store, story.argument("presentation"))
    bad = delta(story.store, f"{story.argument('curated')}_quarantine")
    assert (curated.num_rows, copied.num_rows, presentation.num_rows) == (
        counts.curated,
        counts.curated,
        counts.presentation,
    )
    assert expected.differences("curated", curated) == 0
    assert expected.differences("curated", copied) == 0
    assert expected.differences("presentation", presentation) == 0
    reasons = bad.group_by(["reason", "pickup_date"]).aggregate([([], "count_all")])
    assert expected.differences("quarantine", reasons.rename_columns(["reason", "pickup_date", "rows"])) == 0
    return 2 * counts.curated + counts.presentation, "every row compared: Delta by delta-rs, Iceberg by PyIceberg"


def stream(story: Story) -> tuple[int, str]:
    """Messages into the topic, the job that lands them; an executor is lost, then the driver."""
    job = story.site.stream()
    given = job.options()
    kafka = Cluster(story.folder / "kafka", story.site, int(given["bootstrap"].split(":")[1]))
    secret = story.folder / "secret"
    secret.mkdir()
    run: Run | None = None
    try:
        kafka.start()
        kafka.apply()
        (secret / "sasl.jaas.config").write_text(kafka.jaas(story.site.team))
        (secret / "ca.crt").write_text(kafka.authority.certificate.read_text())
        lots = messages(story.expected)
        here = {"secret": str(secret), "trigger-seconds": "2"}

        def start() -> Run:
            return Run(story.site, job, story.folder, here, packages())

        def landed() -> int:
            """Rows by the log of the table, which is asked often."""
            begun = story.store.names(f"{given['table'].split('://')[1]}/_delta_log")
            return opened(story.store, given["table"]).count() if begun else 0

        def produce(lot: list[str]) -> None:
            task = {"topic": given["topic"], "values": lot}
            assert kafka.client(story.site.team, "produce", task) == {"sent": len(lot)}

        sent = 0
        run = start()
        for number, lot in enumerate(lots):
            produce(lot)
            sent += len(lot)
            if number == 1:
                run.lose()
            if number == 2:
                run.kill()
                run = start()
            run.until(lambda goal=sent: landed() >= goal, f"{sent} messages in the table")
        run.kill()
    finally:
        if run:
            run.kill()
        kafka.stop()
    found = delta(story.store, given["table"])
    story.expected.base.register("landed", found)
    (row,) = story.expected.base.execute(
        'select count(*), count(distinct (partition, "offset")), count(*) filter (fits), '
        "count(distinct trip_id) filter (fits), sum(round(fare * 100)::bigint) filter (fits) from landed"
    ).fetchall()
    story.expected.base.unregister("landed")
    values = [value for lot in lots for value in lot]
    good = [json.loads(value) for value in values if value.startswith("{")]
    cents = sum(round(each["fare"] * 100) for each in good)
    assert row == (sent, sent, len(good), len({each["trip_id"] for each in good}), cents), row
    return sent, f"Kafka, {len(kafka.brokers)} brokers with TLS and SCRAM; an executor and the driver killed"


def messages(expected: Expected) -> list[list[str]]:
    """Trips as JSON in three lots: every hundredth comes twice, some are no JSON."""
    found = expected.base.execute(
        f"select trip_id, zone, strftime(pickup_at, '%Y-%m-%dT%H:%M:%SZ'), strftime(dropoff_at, '%Y-%m-%dT%H:%M:%SZ'), "
        f"distance_km::double, fare::double from curated order by pickup_date desc, trip_id limit {MESSAGES}"
    ).fetchall()
    names = ("trip_id", "zone", "pickup_at", "dropoff_at", "distance_km", "fare")
    values = [json.dumps(dict(zip(names, row, strict=True))) for row in found]
    third = len(values) // 3 + 1
    lots = [values[start : start + third] for start in range(0, len(values), third)]
    return [[*lot, *lot[::100], f"no JSON {number}"] for number, lot in enumerate(lots)]


def packages() -> list[str]:
    """What the job of the stream fetches, less what Spark's home has already."""

    def name(jar: Path) -> str:
        return re.sub(r"-\d[\w.-]*\.jar$", "", jar.name)

    has = {name(jar) for jar in Path(os.environ["SPARK_HOME"], "jars").glob("*.jar")}
    return sorted(str(jar) for jar in Path(os.environ["STREAM_JARS"]).glob("*.jar") if name(jar) not in has)


def pipeline(story: Story) -> tuple[int, str]:
    """The pipeline of the guide of data engineers, with the program and the arguments that stand there."""
    text = (GUIDES / "data-engineer.md").read_text().replace(*PREFIXES)
    source_text = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    program = re.search(r"program: '([^']+)'", text)
    arguments = re.search(r"arguments: \[(.*?)\]", text, re.DOTALL)
    assert source_text and program and arguments
    source, target = re.findall(r"'([^']+)'", arguments[1])
    assert source == story.argument("curated")
    # A path is one in the bucket of artifacts.
    uri = f"{story.bucket('artifacts')}/{program[1]}"
    with story.store.files.open_output_stream(uri.split("://")[1]) as file:
        file.write(textwrap.dedent(source_text[1]).encode())
    run = Run(story.site, Job("busy-zones", uri, [source, target], {}), story.folder, {}, [])
    try:
        run.ended()
    finally:
        run.kill()
    story.applications += 1
    found = delta(story.store, target)
    story.expected.base.execute(
        "create or replace view zones as select pickup_date, zone, count(*) as trips, "
        "sum(fare)::decimal(20,2) as revenue from curated group by all"
    )
    assert story.expected.differences("zones", found) == 0
    return found.num_rows, "the program of the guide of data engineers, fetched from the bucket artifacts"


def science(story: Story) -> tuple[int, str]:
    told = notebook.work(story.site, GUIDES / "data-scientist.md", story.folder)
    counts = story.expected.counts
    assert (told["rows"], told["trips"], told["copied"]) == (counts.presentation, counts.curated, counts.curated), told
    assert told["apart"] == 0 and told["tested"] > 0 and told["r2"] > 0.9, told
    story.applications += 1
    return told[
        "rows"
    ], f"the cells of the guide of scientists in a Jupyter kernel; R² {told['r2']:.3f}, the model read back"


def history(story: Story) -> tuple[int, str]:
    """What people see afterwards: every job, and which executors it lost."""
    conf, arguments, port = story.site.history()
    folder = story.folder / "history"
    folder.mkdir()
    (folder / "spark-defaults.conf").write_text(conf)
    variables = environment(story.folder) | {"SPARK_CONF_DIR": str(folder)}
    here = {"spark.history.store.path": str(folder / "store"), "spark.jars.packages": HERE["spark.jars.packages"]}
    flags = [part for key, value in here.items() for part in ("--conf", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        command = [f"{variables['SPARK_HOME']}/bin/spark-submit", *flags, *arguments]
        server = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/api/v1/applications"

    def asked(path: str = "") -> Any:
        try:
            with urllib.request.urlopen(url + path, timeout=30) as answer:
                return json.load(answer)
        except OSError:
            return []

    try:
        end = time.monotonic() + 300
        while len(shown := asked("?status=completed")) < story.applications:
            assert server.poll() is None and time.monotonic() < end, (folder / "log").read_text()[-3000:]
            time.sleep(1)
        curated = [each["id"] for each in shown if each["name"] == "trips-curated"]
        executors = [each for app in curated for each in asked(f"/{app}/allexecutors")]
        lost = [each.get("removeReason", "") for each in executors if not each["isActive"] and each["id"] != "driver"]
        reasons = "; ".join(sorted({reason.splitlines()[0][:60] for reason in lost if reason}))
    finally:
        server.kill()
        server.wait()
    assert len(lost) >= 2, executors
    return len(shown), f"the history server on the event logs; lost by curated: {reasons}"


def sql(story: Story) -> tuple[int, str]:
    """An analyst asks Trino of the table that the pipeline wrote."""
    location = story.copied
    newest = metadata(story.store, location)
    task = {
        "site": "onprem",
        "keys": story.store.keys,
        "catalogs": {"lake": {}},
        "statements": [
            ["ingestion", "CREATE SCHEMA lake.medallion"],
            ["ingestion", f"CALL lake.system.register_table('medallion', 'trips', '{location}', '{newest}')"],
            ["analytics", "SELECT zone, count(*), CAST(sum(fare) AS varchar) FROM lake.medallion.trips GROUP BY zone ORDER BY zone"],
        ],
    }
    # Its Java is a newer one than that of Spark, and its modules have names of their own.
    variables = os.environ | {"JAVA_HOME": os.environ["TRINO_JAVA_HOME"], "PYTHONPATH": ""}
    answers = told([sys.executable, str(ROOT / "test/trino/answer.py")], json.dumps(task), variables)
    assert all(isinstance(each, list) for each in answers), answers
    found = answers[-1]
    wanted = story.expected.base.execute(
        "select zone, count(*), sum(fare)::varchar from curated group by zone order by zone"
    ).fetchall()
    assert [tuple(row) for row in found] == wanted, (found[:3], wanted[:3])
    return len(found), "Trino, a coordinator and a worker, on the Iceberg table in the store; files for a metastore"


def api(story: Story) -> tuple[int, str]:
    """A program asks the data API of the presentation layer, which the serving database has."""
    columns = ["zone", "hour", "trips", "revenue", "mean_duration_s", "mean_speed_kmh", "pickup_date"]
    text = io.BytesIO()
    rows = delta(story.store, story.argument("presentation")).select(columns)
    pyarrow.csv.write_csv(rows, text, pyarrow.csv.WriteOptions(include_header=False))
    command = ["node", str(ROOT / "bin/run.js"), str(ROOT / "test/data-api/answer.ts")]
    found = told(command, text.getvalue().decode(), dict(os.environ))
    wanted = story.expected.base.execute(
        "select zone, sum(trips)::bigint, sum(revenue)::varchar from presentation group by zone order by zone"
    ).fetchall()
    seen = [(row["trips.zone"], int(row["trips.trips"]), row["trips.revenue"]) for row in found["steward"]]
    assert seen == wanted, (seen[:3], wanted[:3])
    # A member of a team has the zones of the team, and no money.
    part = {row["trips.zone"]: int(row["trips.trips"]) for row in found["analyst"]}
    assert 0 < len(part) < len(wanted), part
    assert part == {zone: trips for zone, trips, _ in wanted if zone in part}, part
    assert (found["revenue"], found["refused"]) == ([{"trips.revenue": None}], 403), found
    return rows.num_rows, f"Cube over PostgreSQL: {len(part)} of {len(wanted)} zones for a team, 403 for a bad token"


def told(command: list[str], given: str, variables: dict[str, str]) -> Any:
    """What a program answers, as JSON on the last line."""
    made = subprocess.run(command, input=given, capture_output=True, text=True, check=False, env=variables, cwd=ROOT)
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-6000:]
    return json.loads(made.stdout.splitlines()[-1])


LEGS: dict[str, Leg] = {
    "object store": store,
    "files land in raw": land,
    "independent count": count,
    "raw → curated → presentation": etl,
    "tables are right": tables,
    "a file comes late": late,
    "tables are right again": tables,
    "a pipeline of one's own": pipeline,
    "topic → table": stream,
    "notebook, model": science,
    "history of jobs": history,
    "SQL over the table": sql,
    "the data API": api,
}
