"""What the rendered configuration, statements and programs of Cassandra do with the real server."""

import datetime
import importlib.util
import os
import ssl
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from cassandra import Unauthorized
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable, Session
from cassandra.protocol import SyntaxException
from server import HOST, ROOT, Server, find, render, statements

FILES = ROOT / "charts/serving/cassandra/files"
PASSWORD = "Pa55word"


@pytest.fixture(scope="module")
def objects() -> list[dict]:
    return render()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, objects: list[dict]) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("cassandra"), objects)
    server.certificates()
    try:
        server.start()
        yield server
    finally:
        server.stop()


def session(server: Server, name: str, password: str = PASSWORD, tls: bool = True) -> Session:
    context = ssl.create_default_context(cafile=str(server.authority))
    context.check_hostname = False
    return Cluster(
        [HOST],
        port=server.port,
        auth_provider=PlainTextAuthProvider(name, password),
        ssl_context=context if tls else None,
        # The machine may have other work.
        connect_timeout=60 if tls else 10,
        control_connection_timeout=60 if tls else 10,
        execution_profiles={EXEC_PROFILE_DEFAULT: ExecutionProfile(request_timeout=120)},
    ).connect()


@pytest.fixture(scope="module")
def superuser(server: Server, objects: list[dict]) -> Iterator[Session]:
    """Accounts as the operator makes them, and everything that the Job of dist makes."""
    spec = server.spec
    server.wait_for("Created default superuser role")
    first = session(server, "cassandra", "cassandra")
    first.execute(f"CREATE ROLE {spec['superuserSecretName']} WITH SUPERUSER = true AND LOGIN = true AND PASSWORD = '{PASSWORD}'")
    for user in spec["users"]:
        assert user["superuser"] is False
        first.execute(f"CREATE ROLE {user['secretName']} WITH LOGIN = true AND PASSWORD = '{PASSWORD}'")
    first.cluster.shutdown()
    own = session(server, spec["superuserSecretName"])
    files = find(objects, "ConfigMap", "set-up")["data"]
    for name in sorted(each for each in files if each.endswith(".cql")):
        for statement in statements(files[name]):
            # One server of three is here, and holds the only copy.
            own.execute(statement.replace("'dc1': 3", "'dc1': 1"), timeout=60)
    yield own
    own.cluster.shutdown()


@pytest.fixture(scope="module")
def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("load", FILES / "load.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hours() -> list[dict]:
    """What the presentation layer of the example has."""
    return [
        {
            "zone": zone,
            "pickup_date": datetime.date(2026, 1, day),
            "hour": hour,
            "trips": zone * 100 + hour,
            "revenue": Decimal("12.34") * hour,
            "mean_duration_s": 600.5,
            "mean_speed_kmh": 21.25,
        }
        for zone in range(1, 6)
        for day in (5, 6)
        for hour in range(24)
    ]


def test_it_takes_no_client_without_tls(server: Server) -> None:
    with pytest.raises(NoHostAvailable):
        session(server, "cassandra", "cassandra", tls=False)


def test_it_takes_nobody_without_a_password(server: Server, superuser: Session) -> None:
    with pytest.raises(NoHostAvailable):
        session(server, "reader", "wrong")


def test_the_rendered_settings_are_those_in_force(server: Server, superuser: Session) -> None:
    found = {row.name: row.value for row in superuser.execute("SELECT name, value FROM system_views.settings")}
    for name, value in {
        "num_tokens": "16",
        "uuid_sstable_identifiers_enabled": "true",
        "read_request_timeout": "5s",
        "client_encryption_options.enabled": "true",
        "client_encryption_options.optional": "false",
        "server_encryption_options.internode_encryption": "all",
        "server_encryption_options.require_client_auth": "true",
    }.items():
        assert {name: found.get(name)} == {name: value}


def test_statements_can_be_run_again(superuser: Session, objects: list[dict]) -> None:
    files = find(objects, "ConfigMap", "set-up")["data"]
    for name in sorted(each for each in files if each.endswith(".cql")):
        for statement in statements(files[name]):
            superuser.execute(statement.replace("'dc1': 3", "'dc1': 1"), timeout=60)


def connect(load: ModuleType, server: Server) -> Session:
    os.environ |= {"CASSANDRA_USERNAME": "loader", "CASSANDRA_PASSWORD": PASSWORD}
    return load.connect(HOST, str(server.authority), port=server.port)


def test_rows_of_the_presentation_layer_are_found_by_their_key(
    server: Server, superuser: Session, load: ModuleType
) -> None:
    loader = connect(load, server)
    assert load.write(loader, "trips_hourly", hours()) == 240
    # What is loaded again changes nothing.
    load.write(loader, "trips_hourly", hours())
    loader.cluster.shutdown()
    reader = session(server, "reader")
    day = list(reader.execute("SELECT * FROM lake.trips_hourly WHERE zone = 3 AND pickup_date = '2026-01-06'"))
    assert [row.hour for row in day] == list(range(24))
    assert day[10].trips == 310 and day[10].revenue == Decimal("123.40")
    assert reader.execute("SELECT count(*) FROM lake.trips_hourly").one().count == 240
    reader.cluster.shutdown()


def test_a_message_is_a_row_and_goes_after_its_time(server: Server, superuser: Session, load: ModuleType) -> None:
    loader = connect(load, server)
    at = datetime.datetime(2026, 1, 5, 8, 30)
    trip = {"trip_id": "t1", "zone": 3, "pickup_at": at, "dropoff_at": at, "distance_km": 4.5, "fare": 12.5}
    load.write(loader, "trips_live", [trip, {**trip, "fare": 13.5}])
    row = loader.execute("SELECT fare, TTL(fare) AS left FROM trips_live WHERE trip_id = 't1'").one()
    assert row.fare in (12.5, 13.5) and 2_500_000 < row.left <= 2_592_000
    assert loader.execute("SELECT count(*) FROM trips_live").one().count == 1
    loader.cluster.shutdown()


def test_who_reads_cannot_write_and_who_loads_cannot_make_tables(server: Server, superuser: Session) -> None:
    reader, loader = session(server, "reader"), session(server, "loader")
    with pytest.raises(Unauthorized):
        reader.execute("INSERT INTO lake.trips_live (trip_id) VALUES ('x')")
    with pytest.raises(Unauthorized):
        loader.execute("CREATE TABLE lake.own (id int PRIMARY KEY)")
    with pytest.raises(Unauthorized):
        reader.execute("SELECT * FROM system_auth.roles")
    reader.cluster.shutdown()
    loader.cluster.shutdown()


def test_it_has_no_joins_as_the_decision_table_says(superuser: Session) -> None:
    with pytest.raises(SyntaxException):
        superuser.execute("SELECT * FROM lake.trips_live JOIN lake.trips_hourly USING (zone)")


@pytest.fixture
def backup(server: Server, superuser: Session, tmp_path: Path):
    """Runs the script of the sidecar; its requests to the management API become calls of nodetool."""
    programs = tmp_path / "bin"
    programs.mkdir()
    tool = " ".join(f"'{part}'" for part in server.java("-Xmx128m", "org.apache.cassandra.tools.NodeTool", "-p", str(server.jmx)))
    wget = programs / "wget"
    wget.write_text(
        "#!/bin/sh\nfor last; do :; done\n"
        f"cd '{server.folder}' && exec {tool} snapshot -t \"${{last##*=}}\" lake\n"
    )
    wget.chmod(0o755)
    store = tmp_path / "store"
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "MANAGEMENT": "http://127.0.0.1:8080",
        "DATA": str(server.data),
        "TO": f"store:{store}",
        "POD_NAME": "server-0",
        "DAYS": "1",
        "HOUR": "2",
        "ONCE": "1",
        "RCLONE_CONFIG": "/dev/null",
        "RCLONE_CONFIG_STORE_TYPE": "local",
    }

    def run() -> str:
        done = subprocess.run(
            ["sh", str(FILES / "backup.sh")], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run, store / "server-0"


def files_of(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_a_backup_has_every_file_once_and_forgets_what_no_list_names(
    server: Server, superuser: Session, load: ModuleType, backup
) -> None:
    run, store = backup
    loader = connect(load, server)
    load.write(loader, "trips_hourly", hours())
    run()
    [first] = (store / "lists").iterdir()
    wanted = set(first.read_text().split())
    assert wanted == files_of(store / "files")
    assert any(each.endswith("-Data.db") for each in wanted)
    assert any(each.suffix == ".cql" for each in (store / "schemas").rglob("*"))
    # The snapshot takes no room on the volume any more.
    assert not list(server.data.rglob("snapshots/backup-*/*"))

    # Everything is written anew into one file, so the second backup has other files.
    server.nodetool("compact", "lake", "trips_hourly")
    os.utime(first, (0, 0))
    run()
    [second] = (store / "lists").iterdir()
    assert second.name != first.name
    assert files_of(store / "files") == set(second.read_text().split())
    loader.cluster.shutdown()


def test_a_table_is_restored_from_a_backup(server: Server, superuser: Session, load: ModuleType, backup) -> None:
    run, store = backup
    loader = connect(load, server)
    load.write(loader, "trips_hourly", hours())
    run()
    superuser.execute("TRUNCATE lake.trips_hourly", timeout=60)
    assert superuser.execute("SELECT count(*) FROM lake.trips_hourly").one().count == 0
    [folder] = (store / "files/lake").glob("trips_hourly-*")
    for file in folder.iterdir():
        (server.data / "lake" / folder.name / file.name).write_bytes(file.read_bytes())
    server.nodetool("refresh", "lake", "trips_hourly")
    assert superuser.execute("SELECT count(*) FROM lake.trips_hourly").one().count == 240
    loader.cluster.shutdown()
