"""The real hub with the database that dist gives it, and who is let into which."""

import pytest
from database import Database, programs
from test_login import Hub, configuration, log_in, sign_up

pytestmark = pytest.mark.skipif(programs() is None, reason="PATH has no PostgreSQL")
PASSWORD = "generated-in-the-cluster-0123456789"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = Database(tmp_path_factory.mktemp("postgres"))
    yield database
    database.stop()


def test_a_role_opens_its_own_database_and_no_other(database):
    assert database.connect("jupyterhub", "jupyterhub") == ""
    assert "rejects connection" in database.connect("jupyterhub", "argo_workflows")
    # The administrator has no password.
    assert "authentication failed" in database.connect("postgres", "postgres")


def test_nobody_gets_in_without_tls_or_with_another_password(database):
    assert "rejects connection" in database.connect("jupyterhub", "jupyterhub", PGSSLMODE="disable")
    assert "authentication failed" in database.connect("jupyterhub", "jupyterhub", PGPASSWORD="another")


def test_a_server_that_the_authority_does_not_vouch_for_is_not_believed(database, tmp_path):
    other = tmp_path / "ca.crt"
    other.write_text((database.folder / "tls.crt").read_text())
    answer = database.connect("jupyterhub", "jupyterhub", PGSSLROOTCERT=str(other))
    assert "certificate verify failed" in answer


def test_a_hub_that_starts_anew_elsewhere_knows_everybody(tmp_path_factory, database):
    def start(name):
        return Hub(
            tmp_path_factory.mktemp(name),
            lambda _, values: values["authentication"],
            lambda url: url.replace(":5432/", f":{database.port}/"),
            ADMIN_PASSWORD=PASSWORD,
            **database.environment(),
        )

    assert "pool.postgres.svc:5432/jupyterhub" in configuration()["values.json"]
    hub = start("first")
    try:
        sign_up(hub.url, "grace", "a-long-password-of-grace")
        assert log_in(hub.url, "admin", PASSWORD)[1]
    finally:
        hub.stop()
    assert database.sql("SELECT name FROM users WHERE admin", "jupyterhub") == ["admin"]
    hub = start("second")
    try:
        admin, inside = log_in(hub.url, "admin", PASSWORD)
        assert inside
        assert "grace" in admin.get(f"{hub.url}/hub/authorize", timeout=60).text
    finally:
        hub.stop()
