"""A real PostgreSQL as the operator of databases would start it, for tests: with the access rules and roles of dist."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import yaml

DIST = Path(__file__).parents[2] / "dist/onprem/postgres"
# It refuses to run as root; here it is nobody, to whom the files of this process belong.
AS_NOBODY = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]


def programs():
    """:returns: folder of the programs, or None where PATH has none"""
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def spec(name):
    return yaml.safe_load((DIST / name).read_text())["spec"]


class Database:
    """A server on loopback whose certificate is of ``pool.postgres.svc``.

    :ivar ca: file with the authority of the certificate
    :ivar password: of the role ``jupyterhub``
    """

    def __init__(self, folder):
        self.folder = folder
        self.bin = programs()
        self.password = secrets.token_hex(20)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        data = folder / "data"
        initdb = ["initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        self.run(initdb)
        self.ca, certificate, key = self.certify()
        cluster = spec("cluster-metadata.yaml")["postgresql"]
        settings = {
            **cluster["parameters"],
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": folder,
            "ssl": "on",
            "ssl_cert_file": certificate,
            "ssl_key_file": key,
            "fsync": "off",
        }
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        (data / "pg_hba.conf").write_text("\n".join(["local all postgres trust", *cluster["pg_hba"], ""]))
        self.log = (folder / "log").open("w")
        command = [*AS_NOBODY, str(self.bin / "postgres"), "-D", str(data)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.wait()
        for name in ("jupyterhub", "argo-workflows"):
            role = spec(f"databaserole-metadata-{name}.yaml")
            limit = role["connectionLimit"]
            self.sql(f"CREATE ROLE {role['name']} LOGIN CONNECTION LIMIT {limit} PASSWORD '{self.password}'")
            database = spec(f"database-metadata-{name}.yaml")
            self.sql(f"CREATE DATABASE {database['name']} OWNER {database['owner']}")

    def run(self, command):
        subprocess.run([*AS_NOBODY, str(self.bin / command[0]), *command[1:]], check=True, stdout=subprocess.DEVNULL)

    def certify(self):
        """:returns: files of the authority, the certificate and its key"""
        ca, ca_key, certificate, key = (self.folder / name for name in ("ca.crt", "ca.key", "tls.crt", "tls.key"))
        elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
        base = ["openssl", "req", "-x509", *elliptic, "-days", "2"]
        options = {"check": True, "stderr": subprocess.DEVNULL}
        subprocess.run([*base, "-subj", "/CN=test", "-keyout", ca_key, "-out", ca], **options)
        names = ["-addext", "subjectAltName=DNS:pool.postgres.svc", "-addext", "basicConstraints=critical,CA:FALSE"]
        signed = ["-CA", ca, "-CAkey", ca_key, "-subj", "/CN=postgres", *names, "-keyout", key, "-out", certificate]
        subprocess.run([*base, *signed], **options)
        return ca, certificate, key

    def wait(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                self.sql("SELECT 1")
                return
            except subprocess.CalledProcessError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.2)

    def sql(self, query, database="postgres"):
        """Asks as the administrator, by the socket."""
        where = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", database]
        options = {"check": True, "capture_output": True, "text": True}
        return subprocess.run([str(self.bin / "psql"), *where, "-qAtc", query], **options).stdout.split()

    def environment(self):
        """What a pod has, and the address in place of a name server."""
        return {
            "PGPASSWORD": self.password,
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.ca),
            "PGHOSTADDR": "127.0.0.1",
        }

    def connect(self, user, database, **environment):
        """:returns: what a client is told that connects from outside, with its password; nothing where it is let in"""
        where = ["-h", "pool.postgres.svc", "-p", str(self.port), "-U", user, "-d", database]
        variables = {"PATH": os.environ["PATH"], **self.environment(), **environment}
        command = [str(self.bin / "psql"), *where, "-qAtc", "SELECT 1"]
        return subprocess.run(command, capture_output=True, text=True, env=variables).stderr

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
