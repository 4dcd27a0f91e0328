"""What the tables must hold, worked out from the raw files by DuckDB, and what they do hold, by readers that share no
code with Spark: delta-rs and PyIceberg."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from pyiceberg.table import StaticTable
from store import Store

# The rules of the layer, written anew in another dialect. The first that holds is the reason.
CLASSIFIED = """
with typed as (
  select *, try_cast(zone as integer) z, try_cast(distance_km as decimal(8,2)) km, try_cast(fare as decimal(10,2)) paid,
    try_strptime(pickup_at, '%Y-%m-%d %H:%M:%S') p, try_strptime(dropoff_at, '%Y-%m-%d %H:%M:%S') d
  from read_csv('{files}', header = true, all_varchar = true, hive_partitioning = true,
    hive_types = {{'pickup_date': date}})
)
select *, case
    when trip_id is null or zone is null or pickup_at is null or dropoff_at is null or distance_km is null
      or fare is null then 'missing_value'
    when p is null or d is null then 'bad_timestamp'
    when z is null or km is null or paid is null then 'bad_number'
    when cast(p as date) <> pickup_date then 'other_day'
    when d <= p then 'dropoff_before_pickup'
    when km < 0 then 'negative_distance'
    when paid < 0 then 'negative_fare'
  end as reason
from typed
"""
CURATED = """
select trip_id, z as zone, p as pickup_at, d as dropoff_at, epoch(d)::bigint - epoch(p)::bigint as duration_s,
  km as distance_km, paid as fare, pickup_date
from classified where reason is null
qualify row_number() over (partition by pickup_date, trip_id order by z, p, d, km, paid) = 1
"""
PRESENTATION = """
select zone, hour(pickup_at)::integer as hour, count(*) as trips, sum(fare)::decimal(20,2) as revenue,
  sum(duration_s) / count(*) as mean_duration_s, sum(distance_km)::double / sum(duration_s) * 3600 as mean_speed_kmh,
  pickup_date
from curated group by all
"""


@dataclass(frozen=True)
class Counts:
    read: int
    curated: int
    quarantined: int
    presentation: int

    @property
    def duplicates(self) -> int:
        return self.read - self.curated - self.quarantined


class Expected:
    """The tables that follow from a folder of raw files."""

    def __init__(self, raw: Path, spill: Path) -> None:
        self.base = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": str(spill)})
        for name, query in {
            "classified": CLASSIFIED.format(files=raw / "*/*.csv"),
            "curated": CURATED,
            "presentation": PRESENTATION,
            "quarantine": "select reason, pickup_date, count(*) as rows from classified where reason is not null "
            "group by all",
        }.items():
            self.base.execute(f"create table {name} as {query}")
        one = "select count(*), (select count(*) from curated), (select sum(rows) from quarantine), "
        (found,) = self.base.execute(f"{one} (select count(*) from presentation) from classified").fetchall()
        self.counts = Counts(*map(int, found))

    def differences(self, table: str, found: pa.Table) -> int:
        """Rows of a table that are in one of both only; fractions count as equal to nine digits."""
        kinds = {each[0]: each[1] for each in self.base.execute(f"describe {table}").fetchall()}
        names = ", ".join(
            f'round("{name}", 9) as "{name}"' if kind == "DOUBLE" else f'"{name}"::{kind} as "{name}"'
            for name, kind in kinds.items()
        )
        self.base.register("found", without_zones(found))
        try:
            (apart,) = self.base.execute(
                f"with a as (select {names} from {table}), b as (select {names} from found) select "
                "(select count(*) from (from a except all from b)) + (select count(*) from (from b except all from a))"
            ).fetchall()
        finally:
            self.base.unregister("found")
        return int(apart[0])


def without_zones(table: pa.Table) -> pa.Table:
    """Times in UTC as times without a zone, in which everything here is written."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table[field.name].cast(pa.timestamp("us")))
    return table


def delta(store: Store, uri: str) -> pa.Table:
    """The rows of a Delta table, by delta-rs."""
    return opened(store, uri).to_pyarrow_table()


def opened(store: Store, uri: str) -> DeltaTable:
    options = {
        **store.keys,
        "AWS_ENDPOINT_URL": store.url.geturl(),
        "AWS_REGION": store.region,
        "AWS_ALLOW_HTTP": "true",
    }
    return DeltaTable(uri.replace("s3a:", "s3:", 1), storage_options=options)


def metadata(store: Store, location: str) -> str:
    """The name of the newest metadata file of an Iceberg table of a catalog that is a folder."""
    hint = f"{location.split('://')[1]}/metadata/version-hint.text"
    return f"v{store.files.open_input_stream(hint).read().decode().strip()}.metadata.json"


def iceberg(store: Store, location: str) -> StaticTable:
    """An Iceberg table of a catalog that is a folder, by PyIceberg."""
    return StaticTable.from_metadata(f"{location}/metadata/{metadata(store, location)}", store.file_io)
