"""Spark and the lake from a notebook.

    import lake

    spark = lake.session()
    spark.read.format("delta").load(lake.uri("presentation", "examples/trips"))
    spark.table("lake.examples.trips")

A session has executors on spot nodes: as many as it has work for, and none while it has none. `SparkSession.builder` of
PySpark gives the same session with the sizes of the server.
"""

import os
import re

__all__ = ["session", "uri"]

_LAYERS = ("raw", "curated", "presentation", "scratch")
_MEMORY = re.compile(r"^[1-9]\d*[mg]$")


def uri(layer, path=""):
    """The URI of a path in a layer of the lake: raw, curated, presentation or scratch."""
    if layer not in _LAYERS:
        raise ValueError(f"there is no layer {layer!r}; name one of: {', '.join(_LAYERS)}")
    return f"{os.environ[f'LAKE_{layer.upper()}'].rstrip('/')}/{path.lstrip('/')}"


def settings(executors=None, cores=None, memory=None, driver_memory=None, conf=None):
    """Settings of Spark for what was asked for. An argument that is left out is taken from the environment
    (LAKE_EXECUTORS, LAKE_EXECUTOR_CORES, LAKE_EXECUTOR_MEMORY, LAKE_DRIVER_MEMORY), or else from the server's size.

    :raises ValueError: for a number below one, or a size that Spark does not read
    """
    asked = {
        "spark.dynamicAllocation.maxExecutors": _count("executors", executors, "LAKE_EXECUTORS"),
        "spark.executor.cores": _count("cores", cores, "LAKE_EXECUTOR_CORES"),
        "spark.executor.memory": _size("memory", memory, "LAKE_EXECUTOR_MEMORY"),
        "spark.driver.memory": _size("driver_memory", driver_memory, "LAKE_DRIVER_MEMORY"),
    }
    return {key: value for key, value in asked.items() if value is not None} | dict(conf or {})


def session(executors=None, cores=None, memory=None, driver_memory=None, conf=None, name=None):
    """A Spark session, or the one that the notebook has already.

    :param executors: most executors; they come as there is work
    :param cores: cores of an executor
    :param memory: heap of an executor, such as "8g"
    :param driver_memory: heap of the driver, which is in the notebook's server; only before the first session
    :param conf: further settings of Spark by key
    :param name: how it is called in the history of jobs
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    chosen = settings(executors, cores, memory, driver_memory, conf)
    active = SparkSession.getActiveSession()
    if active is not None and chosen:
        told = active.sparkContext.getConf()
        other = [f"{key}={value}" for key, value in chosen.items() if told.get(key) != value]
        if other:
            raise RuntimeError(
                f"the notebook has a session already, which has not {', '.join(other)}; call stop() on it first"
            )
    if "spark.driver.memory" in chosen and SparkContext._gateway is not None:
        raise RuntimeError("driver_memory cannot be changed once Spark has started; restart the kernel first")
    if "spark.driver.memory" in chosen:
        # The driver's Java starts before it reads settings of the session; it takes its heap from here.
        given = os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell")
        heap = chosen["spark.driver.memory"]
        os.environ["PYSPARK_SUBMIT_ARGS"] = _with_heap(given, heap)
    builder = SparkSession.builder.appName(name or _default_name())
    for key, value in chosen.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _default_name():
    return f"notebook of {os.environ.get('JUPYTERHUB_USER', 'nobody')}"


def _with_heap(arguments, heap):
    """Arguments of spark-submit with another heap of the driver: the last one counts."""
    head = re.sub(r"\s*pyspark-shell\s*$", "", arguments)
    return f"{head} --conf spark.driver.memory={heap} pyspark-shell".strip()


def _count(name, value, variable):
    found = value if value is not None else os.environ.get(variable)
    if found is None:
        return None
    if isinstance(found, bool) or not re.fullmatch(r"[1-9]\d*", str(found)):
        raise ValueError(f"{name} is {found!r}; write a whole number of one or more")
    return str(found)


def _size(name, value, variable):
    found = value if value is not None else os.environ.get(variable)
    if found is None:
        return None
    if not _MEMORY.match(str(found)):
        raise ValueError(f"{name} is {found!r}; write a number with m or g, such as '8g'")
    return str(found)
