"""Raw data of the story: trips of a week in CSV, the same bytes at every run.

Of a hundred rows about seven cannot be used, for each reason that the pipeline knows; two deliver a trip of the same
day again, with another fare; others carry a day that is not the day of their folder. A further file comes late, for a
day that has been processed already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

FIRST, DAYS, FILES = date(2026, 3, 2), 7, 4
LATE = FIRST + timedelta(days=2)
# A row as it is written, on average.
ROW_BYTES = 68
ZONES = 40
HEADER = ("trip_id", "zone", "pickup_at", "dropoff_at", "distance_km", "fare")
# Trips in each hour of the day, as parts of the whole.
BUSY = 1.2 + np.sin((np.arange(24) - 9) / 24 * 2 * np.pi)


@dataclass(frozen=True)
class RawFile:
    day: date
    path: Path
    rows: int

    @property
    def key(self) -> str:
        """Where it lands, below the folder of the raw layer."""
        return f"pickup_date={self.day}/{self.path.name}"


def generate(folder: Path, megabytes: float) -> Iterator[RawFile]:
    """The files that are there in time."""
    rows = int(megabytes * 1e6 / ROW_BYTES / DAYS / FILES)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for part in range(FILES):
            yield write(folder, day, f"trips-{part}", number * 100 + part, part * rows, rows)


def late(folder: Path, megabytes: float) -> RawFile:
    """Trips of a day that were not told in time, and some that were."""
    rows = int(megabytes * 1e6 / ROW_BYTES / DAYS / FILES)
    return write(folder, LATE, "late", 9999, FILES * rows - rows // 10, rows // 2)


def write(folder: Path, day: date, name: str, seed: int, first: int, count: int) -> RawFile:
    path = folder / f"pickup_date={day}" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table = trips(day, np.random.default_rng(seed), first, count)
    options = pyarrow.csv.WriteOptions(quoting_style="none", include_header=True, quoting_header="none")
    pyarrow.csv.write_csv(table, path, options)
    return RawFile(day, path, count)


def trips(day: date, draw: np.random.Generator, first: int, count: int) -> pa.Table:
    number = np.arange(first, first + count)
    # One in fifty is one of the thousand before it, again.
    again = (draw.random(count) < 0.02) & (number >= 1000)
    number = np.where(again, number - draw.integers(1, 1000, count), number)

    # What belongs to a trip follows from its number, so that a second delivery tells the same.
    def of_trip(salt: int, below: int) -> np.ndarray:
        mixed = (number.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
        return ((mixed ^ (mixed >> np.uint64(32))) % np.uint64(below)).astype(np.int64)

    edges = np.cumsum(BUSY) / BUSY.sum() * 1_000_000
    hour = np.searchsorted(edges, of_trip(1, 1_000_000), side="right")
    start = hour * 3600 + of_trip(2, 3600)
    duration = of_trip(3, 3000) + 180
    # Few zones have many trips.
    zone = (of_trip(4, ZONES) * of_trip(5, ZONES)) // ZONES + 1
    metres = duration * (of_trip(6, 30) + 10) // 36 * 10
    cents = 300 + metres // 5 + duration // 2 + np.where(again, draw.integers(0, 200, count), 0)

    dirt = draw.integers(0, 100, count)
    midnight = np.datetime64(day, "s")
    pickup = midnight + start - np.where(dirt == 2, 365 * 86_400, 0)
    dropoff = midnight + start + np.where(dirt == 3, -60, duration)
    texts = {
        "trip_id": pc.binary_join_element_wise(f"{day:%Y%m%d}", pa.array(number).cast(pa.string()), "-"),
        "zone": pa.array(zone, mask=dirt == 0).cast(pa.string()),
        "pickup_at": pc.if_else(pa.array(dirt == 1), "2026-13-45 99:00:00", stamp(pickup)),
        "dropoff_at": stamp(dropoff),
        "distance_km": pc.if_else(
            pa.array(dirt == 4), "n/a", hundredths(np.where(dirt == 5, -metres - 10, metres) // 10)
        ),
        "fare": hundredths(np.where(dirt == 6, -cents, cents)),
    }
    return pa.table({name: texts[name] for name in HEADER})


def stamp(seconds: np.ndarray) -> pa.Array:
    """2026-03-02 08:15:00"""
    text = pa.array(seconds.astype("datetime64[s]")).cast(pa.string())
    return pc.utf8_slice_codeunits(text, 0, 19)


def hundredths(values: np.ndarray) -> pa.Array:
    """12.50 of 1250"""
    sign = np.where(values < 0, "-", "")
    whole, rest = np.divmod(np.abs(values), 100)
    parts = pc.utf8_lpad(pa.array(rest).cast(pa.string()), 2, "0")
    signed = pc.binary_join_element_wise(pa.array(sign), pa.array(whole).cast(pa.string()), "")
    return pc.binary_join_element_wise(signed, parts, ".")
