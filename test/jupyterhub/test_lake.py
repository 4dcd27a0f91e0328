import lake
import pytest

VARIABLES = ("LAKE_EXECUTORS", "LAKE_EXECUTOR_CORES", "LAKE_EXECUTOR_MEMORY", "LAKE_DRIVER_MEMORY")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LAKE_RAW", "s3a://raw/")
    monkeypatch.delenv("PYSPARK_SUBMIT_ARGS", raising=False)


def test_without_arguments_nothing_is_said_over_the_size_of_the_server():
    assert lake.settings() == {}


def test_arguments_go_before_the_environment(monkeypatch):
    monkeypatch.setenv("LAKE_EXECUTORS", "3")
    monkeypatch.setenv("LAKE_DRIVER_MEMORY", "3g")
    assert lake.settings(executors=7, cores=2, memory="6g", conf={"spark.ui.enabled": "false"}) == {
        "spark.dynamicAllocation.maxExecutors": "7",
        "spark.executor.cores": "2",
        "spark.executor.memory": "6g",
        "spark.driver.memory": "3g",
        "spark.ui.enabled": "false",
    }


@pytest.mark.parametrize("value", [0, -1, 1.5, "many", True])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValueError, match="executors is .*; write a whole number"):
        lake.settings(executors=value)


@pytest.mark.parametrize("value", ["8", "8Gi", "0g", "g", ""])
def test_a_size_that_spark_does_not_read_is_refused(value):
    with pytest.raises(ValueError, match="memory is .*; write a number with m or g"):
        lake.settings(memory=value)


def test_a_path_in_a_layer():
    assert lake.uri("raw", "/trips/2026") == "s3a://raw/trips/2026"
    with pytest.raises(ValueError, match="no layer 'gold'"):
        lake.uri("gold")


def test_a_session_with_the_real_spark(monkeypatch):
    server = "--conf spark.master=local[2] --conf spark.driver.memory=700m pyspark-shell"
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", server)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    spark = lake.session(driver_memory="600m", conf={"spark.ui.enabled": "false"})
    try:
        assert spark.conf.get("spark.app.name") == "notebook of ada"
        # The heap is the one that was asked for, not that of the server.
        heap = spark.sparkContext._jvm.java.lang.Runtime.getRuntime().maxMemory() / 2**20
        assert 550 < heap < 650
        assert spark.range(100).selectExpr("sum(id)").first()[0] == 4950
        assert lake.session() is spark
        with pytest.raises(RuntimeError, match="has a session already, which has not .*maxExecutors=2"):
            lake.session(executors=2)
    finally:
        spark.stop()
    with pytest.raises(RuntimeError, match="restart the kernel"):
        lake.session(driver_memory="800m")
