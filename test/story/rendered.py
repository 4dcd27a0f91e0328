"""What dist holds of a site, as the parts of the story use it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster import Manifest, Rendered

PROGRAMS = "local:///opt/lakeport/programs/"
PARAMETER = re.compile(r"\{\{(inputs|workflow)\.parameters\.([a-z-]+)\}\}")


@dataclass(frozen=True)
class Job:
    """A SparkApplication: what it runs, and its settings as the operator hands them to Spark."""

    name: str
    program: str
    arguments: list[str]
    conf: dict[str, str]

    def options(self) -> dict[str, str]:
        """Arguments of the form --name=value, by name."""
        return dict(each[2:].split("=", 1) for each in self.arguments if each.startswith("--"))


class Site(Rendered):
    """The objects of a site; those of jobs are in the namespace of the team `ingestion`."""

    team = "team-ingestion"

    @staticmethod
    def read(file: Path) -> "Site":
        return Site(json.loads(file.read_text()))

    def file(self, config_map: str, namespace: str, key: str) -> str:
        """The content of a file that a ConfigMap holds."""
        (found,) = (
            each
            for each in self.all("ConfigMap")
            if each["metadata"]["name"] == config_map and each["metadata"]["namespace"] == namespace
        )
        return str(found["data"][key])

    def medallion(self, day: str) -> list[Job]:
        """The jobs of the workflow `medallion` in the order of its graph, as Argo Workflows fills them in."""
        spec = self.one("WorkflowTemplate", "medallion")["spec"]
        given = {each["name"]: each["value"] for each in spec["arguments"]["parameters"]} | {"date": day}
        (graph,) = (each["dag"]["tasks"] for each in spec["templates"] if each["name"] == spec["entrypoint"])
        ordered: list[Manifest] = []
        while len(ordered) < len(graph):
            done = {task["name"] for task in ordered}
            ordered.append(next(t for t in graph if t["name"] not in done and t.get("depends", "") in {"", *done}))
        return [self._step(task, given) for task in ordered]

    def _step(self, task: Manifest, workflow: dict[str, str]) -> Job:
        template = self.one("ClusterWorkflowTemplate", task["templateRef"]["name"])
        (run,) = (each for each in template["spec"]["templates"] if each["name"] == task["templateRef"]["template"])
        inputs = {each["name"]: each.get("value") for each in run["inputs"]["parameters"]}
        inputs |= {each["name"]: each["value"] for each in task["arguments"]["parameters"]}

        def fill(text: str) -> str:
            return PARAMETER.sub(lambda found: (inputs if found[1] == "inputs" else workflow)[found[2]], text)

        # The text is YAML; what the operator needs of it is on lines of their own.
        manifest = fill(fill(run["resource"]["manifest"]))
        most = re.search(r"maxExecutors: (\d+)", manifest)
        arguments = re.search(r"^ *arguments: (\[.*\])$", manifest, re.MULTILINE)
        program = re.search(r'mainApplicationFile: "?([^"\n]+)', manifest)
        assert most and arguments and program, manifest
        conf = {"spark.dynamicAllocation.maxExecutors": most[1]}
        return Job(task["name"], program[1], json.loads(arguments[1]), conf)

    def stream(self) -> Job:
        """The job that lands a topic."""
        spec = self.one("SparkApplication", "trips-stream")["spec"]
        conf = {key: value for key, value in spec["sparkConf"].items()}
        conf["spark.executor.instances"] = str(spec["executor"]["instances"])
        return Job("trips-stream", spec["mainApplicationFile"], spec["arguments"], conf)

    def defaults(self) -> str:
        """What the operator starts every job with: a file of Spark."""
        return self.with_folder(self.file("spark-operator-defaults", "spark", "spark-defaults.conf"))

    @staticmethod
    def with_folder(text: str) -> str:
        """There is no metastore here (npm run test:hive has one), so the catalog is the folder that it is without one."""
        events = next(line.split()[1] for line in text.splitlines() if line.startswith("spark.eventLog.dir "))
        folder = f"{events.removesuffix('event-logs/')}curated/iceberg"
        return f"{text}spark.sql.catalog.lake.type hadoop\nspark.sql.catalog.lake.warehouse {folder}\n"

    def program(self, job: Job) -> str:
        assert job.program.startswith(PROGRAMS)
        return self.file("spark-programs", self.team, job.program.removeprefix(PROGRAMS))

    def notebook(self) -> dict[str, Any]:
        """What a server of a notebook is made of: its environment, and what its sessions are started with."""
        values = json.loads(self.file("jupyterhub-hub", "jupyterhub", "values.json"))
        environment = values["server"]["pod"]["environment"]
        return {
            "environment": {name: each["value"] for name, each in environment.items() if "value" in each},
            "submit": values["profiles"][0]["spark"],
        }

    def history(self) -> tuple[str, list[str], int]:
        """The history server: its file of Spark, its arguments and its port."""
        (container,) = self.one("Deployment", "spark-history-server")["spec"]["template"]["spec"]["containers"]
        conf = self.file("spark-history-server", "spark", "spark-defaults.conf")
        return conf, container["args"], container["ports"][0]["containerPort"]
