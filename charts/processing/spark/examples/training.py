"""Trains a model of the fare of a trip: distributed, with checkpoints, the same after any loss.

    training.py --trips URI --model URI --checkpoint URI
                [--epochs N] [--every N] [--rate R] [--partitions N]

Reads the curated trips, a Delta table. Nine in ten train a linear model of distance, duration and time of day by gradient
descent with momentum; the tenth tells how good it is. Each epoch is one pass: executors work out the
gradient of their rows, the driver adds the parts up and takes a step.

What is lost costs time and nothing else:
- an executor: its rows are read again by another one, and the epoch goes on;
- the driver: every N-th epoch is written to <checkpoint>, and a run that is started again with the same
  arguments goes on from the last one that is whole. Parts are added in one order on every machine, so the
  model is the same, bit by bit, as that of a run that nothing befell.
A checkpoint of other trips or arguments is not used; more epochs than before go on from where it ended.

The model is <model>/model.json: the fare is `intercept` plus each of `weights` times its feature. Every
step prints one JSON line. Times are UTC.
Exit code 2: bad arguments. 3: no trips, or a model that is no better than the mean fare.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
from pyspark import RDD, StorageLevel, TaskContext
from pyspark.sql import DataFrame, SparkSession

FEATURES = {
    "distance_km": "double(distance_km)",
    "minutes": "duration_s / 60D",
    "morning": "sin(2 * pi() * (hour(pickup_at) + minute(pickup_at) / 60D) / 24)",
    "night": "cos(2 * pi() * (hour(pickup_at) + minute(pickup_at) / 60D) / 24)",
}
MOMENTUM = 0.5
# Checkpoints that stay: the last one may have been cut off while it was written.
KEPT = 2

SESSION = {
    "spark.sql.session.timeZone": "UTC",
    # How rows are cut into blocks decides in which order their parts are added.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
}

Array = np.ndarray[Any, np.dtype[np.float64]]
Block = tuple[tuple[int, int], Array, Array]


class TrainingError(Exception):
    """Nothing to learn from, or nothing learned."""


@dataclass(frozen=True)
class Options:
    """The checked command line."""

    trips: str
    model: str
    checkpoint: str
    epochs: int
    every: int
    rate: float
    partitions: int


@dataclass(frozen=True)
class State:
    """The model after an epoch, in scaled features, and all that the next epoch needs."""

    epoch: int
    weights: list[float]
    velocity: list[float]
    mean: list[float]
    scale: list[float]


def folder(text: str) -> str:
    uri = urlsplit(text)
    if not uri.scheme or not uri.path.strip("/"):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a URI with a scheme and a folder, such as s3a://bucket/trips"
        )
    return f"{uri.scheme}://{uri.netloc}{uri.path.rstrip('/')}"


def count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1")
    return number


def rate(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"{number} is not above 0 and at most 1")
    return number


def parse(argv: Sequence[str] | None = None) -> Options:
    """Reads the command line; exits with code 2 and one message where it is wrong."""
    parser = argparse.ArgumentParser(prog="training.py", description="Model of the fare of a trip.")
    for name in ("trips", "model", "checkpoint"):
        parser.add_argument(f"--{name}", required=True, type=folder, metavar="URI")
    parser.add_argument("--epochs", type=count, default=100)
    parser.add_argument("--every", type=count, default=10, help="epochs between checkpoints")
    parser.add_argument("--rate", type=rate, default=0.5, help="of learning")
    parser.add_argument("--partitions", type=count, default=8, help="parts of the trips")
    args = parser.parse_args(argv)
    return Options(**vars(args))


def log(step: str, **facts: object) -> None:
    print(json.dumps({"step": step, **facts}), flush=True)


class Store:
    """Small files in a folder of any store that Hadoop knows."""

    def __init__(self, spark: SparkSession, root: str) -> None:
        assert spark._jvm is not None
        self._path = spark._jvm.org.apache.hadoop.fs.Path
        self._root = self._path(root)
        self._files = self._root.getFileSystem(spark._jsc.hadoopConfiguration())

    def names(self) -> list[str]:
        if not self._files.exists(self._root):
            return []
        return sorted(each.getPath().getName() for each in self._files.listStatus(self._root))

    def write(self, name: str, text: str) -> None:
        stream = self._files.create(self._path(self._root, name), True)
        stream.write(bytearray(text.encode()))
        stream.close()

    def read(self, name: str) -> str:
        stream = self._files.open(self._path(self._root, name))
        try:
            return bytes(stream.readAllBytes()).decode(errors="replace")
        finally:
            stream.close()

    def remove(self, name: str) -> None:
        self._files.delete(self._path(self._root, name), False)


class Checkpoints:
    """States by epoch. Each file has a checksum, since a writer may be lost half-way through one."""

    def __init__(self, store: Store, about: dict[str, object]) -> None:
        self._store = store
        # What the states are of: those of anything else are not used.
        self._about = about

    def last(self) -> State | None:
        for name in reversed(self._epochs()):
            checksum, _, text = self._store.read(name).partition("\n")
            if checksum != digest(text):
                log("checkpoint", name=name, used=False, reason="it is not whole")
                continue
            found = json.loads(text)
            if found["about"] == self._about:
                return State(**found["state"])
            log("checkpoint", name=name, used=False, reason="it is of other trips or arguments")
        return None

    def save(self, state: State) -> None:
        text = json.dumps({"about": self._about, "state": asdict(state)})
        self._store.write(f"epoch-{state.epoch:06}.json", f"{digest(text)}\n{text}")

    def tidy(self, epoch: int) -> None:
        """Removes what lies beyond this epoch, of other trips, and all but the last ones before it."""
        names = self._epochs()
        reached = [name for name in names if name <= f"epoch-{epoch:06}.json"]
        for name in {*names} - {*reached[-KEPT:]}:
            self._store.remove(name)

    def _epochs(self) -> list[str]:
        return [name for name in self._store.names() if name.startswith("epoch-")]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(spark: SparkSession, options: Options) -> DataFrame:
    """Features, fare and whether a trip is held out, in parts and an order that nothing changes."""
    trips = spark.read.format("delta").load(options.trips)
    features = [f"{expression} {name}" for name, expression in FEATURES.items()]
    return (
        trips.selectExpr(
            "trip_id",
            *features,
            "double(fare) fare",
            "pmod(xxhash64('held out', trip_id), 10) = 0 held_out",
        )
        .repartition(options.partitions, "trip_id")
        .sortWithinPartitions("trip_id")
    )


def blocks(rows: DataFrame) -> RDD[Block]:
    """Rows as arrays, kept by the executors; a lost one is made again of the same rows."""

    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        context = TaskContext.get()
        assert context is not None
        for index, batch in enumerate(batches):
            columns = [np.asarray(batch.column(name), dtype=np.float64) for name in FEATURES]
            fares = np.asarray(batch.column("fare"), dtype=np.float64)
            yield pa.RecordBatch.from_pydict(
                {
                    "part": pa.array([context.partitionId()], pa.int32()),
                    "batch": pa.array([index], pa.int32()),
                    "features": pa.array([np.column_stack(columns).tobytes()], pa.binary()),
                    "fares": pa.array([fares.tobytes()], pa.binary()),
                }
            )

    packed = rows.select(*FEATURES, "fare").mapInArrow(
        pack, "part int, batch int, features binary, fares binary"
    )

    def unpack(row: Any) -> Block:
        features = np.frombuffer(row.features).reshape(-1, len(FEATURES))
        return (row.part, row.batch), features, np.frombuffer(row.fares)

    return packed.rdd.map(unpack).persist(StorageLevel.MEMORY_AND_DISK)


def total(data: RDD[Block], part: Callable[[Array, Array], Array]) -> Array:
    """The sum of what `part` makes of each block, always added in the same order."""
    parts = data.map(lambda block: (block[0], part(block[1], block[2]))).collect()
    if not parts:
        raise TrainingError("there are no trips to learn from")
    parts.sort(key=lambda each: each[0])
    result = np.zeros_like(parts[0][1])
    for _, each in parts:
        result = result + each
    return result


def moments(features: Array, fares: Array) -> Array:
    """Count, sum and sum of squares of the fare and of each feature."""
    columns = np.column_stack([fares, features])
    return np.concatenate([[len(fares)], columns.sum(axis=0), (columns**2).sum(axis=0)])


def first(sums: Array) -> State:
    """The state before the first epoch: the mean fare."""
    rows, width = sums[0], len(FEATURES) + 1
    mean = sums[1 : width + 1] / rows
    scale = np.sqrt(np.maximum(sums[width + 1 :] / rows - mean**2, 0))
    # A feature that never changes tells nothing.
    scale[scale < 1e-9] = 1
    weights = np.zeros(width)
    weights[0] = mean[0]
    velocity = np.zeros(width)
    return State(
        0, weights.tolist(), velocity.tolist(), mean[1:].tolist(), scale[1:].tolist()
    )


def design(features: Array, state: State) -> Array:
    """Scaled features, behind a column of ones."""
    scaled = (features - np.array(state.mean)) / np.array(state.scale)
    return np.column_stack([np.ones(len(features)), scaled])


def step(data: RDD[Block], state: State, options: Options) -> tuple[State, float]:
    """One epoch: the next state, and the mean squared error of this one."""

    def gradient(features: Array, fares: Array) -> Array:
        inputs = design(features, state)
        errors = inputs @ np.array(state.weights) - fares
        return np.concatenate([[len(fares), errors @ errors], inputs.T @ errors])

    sums = total(data, gradient)
    velocity = MOMENTUM * np.array(state.velocity) - options.rate * sums[2:] / sums[0]
    weights = np.array(state.weights) + velocity
    after = State(state.epoch + 1, weights.tolist(), velocity.tolist(), state.mean, state.scale)
    return after, float(sums[1] / sums[0])


def train(data: RDD[Block], sums: Array, options: Options, checkpoints: Checkpoints) -> State:
    state = checkpoints.last()
    log("start" if state is None else "resume", epoch=state.epoch if state else 0)
    state = state or first(sums)
    checkpoints.tidy(state.epoch)
    while state.epoch < options.epochs:
        state, error = step(data, state, options)
        if state.epoch % options.every == 0 or state.epoch == options.epochs:
            checkpoints.save(state)
            checkpoints.tidy(state.epoch)
            log("epoch", epoch=state.epoch, error=error)
    return state


def describe(data: RDD[Block], state: State) -> dict[str, object]:
    """The model in plain features, and how far it is off for trips that it has not seen, as is the mean fare."""

    def part(features: Array, fares: Array) -> Array:
        off = design(features, state) @ np.array(state.weights) - fares
        return np.array([len(fares), off @ off, fares.sum(), fares @ fares])

    rows, squares, fares, fares_squared = total(data, part)
    weights = np.array(state.weights[1:]) / np.array(state.scale)
    return {
        "epochs": state.epoch,
        "intercept": float(state.weights[0] - weights @ np.array(state.mean)),
        "weights": dict(zip(FEATURES, weights.tolist(), strict=True)),
        "rows": int(rows),
        "error": float(np.sqrt(squares / rows)),
        "error_of_mean": float(np.sqrt(max(fares_squared / rows - (fares / rows) ** 2, 0))),
    }


def run(spark: SparkSession, options: Options) -> None:
    for key, value in SESSION.items():
        spark.conf.set(key, value)
    rows = read(spark, options)
    data, unseen = (blocks(rows.where(which)) for which in ("not held_out", "held_out"))
    sums = total(data, moments)
    log("trips", rows=int(sums[0]))
    about = {
        "trips": options.trips,
        "sums": sums.tolist(),
        "features": FEATURES,
        "rate": options.rate,
        "partitions": options.partitions,
    }
    checkpoints = Checkpoints(Store(spark, options.checkpoint), about)
    model = describe(unseen, train(data, sums, options, checkpoints))
    log("model", **model)
    if not model["error"] < model["error_of_mean"]:
        raise TrainingError("the model is no better than the mean fare, so it is not kept")
    Store(spark, options.model).write("model.json", json.dumps(model, indent=2) + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(argv)
    spark = SparkSession.builder.appName("fare-model").getOrCreate()
    try:
        run(spark, options)
    except TrainingError as error:
        print(f"training.py: error: {error}", file=sys.stderr)
        return 3
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
