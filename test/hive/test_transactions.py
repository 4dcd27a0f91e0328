"""A table with transactions, by the engine of HiveServer2 with its settings."""

from __future__ import annotations

from rig import Engine, Site, until

SELECT = "select id, name, amount from stock order by id"


def test_insert_update_delete_and_compaction(site: Site, engine: Engine) -> None:
    def parts(kind: str) -> list[str]:
        return [each for each in site.stored("managed/stock") if each.startswith(f"{kind}_")]

    # Else a part may be compacted between two statements.
    properties = "('transactional'='true', 'no_auto_compaction'='true')"
    engine.run(f"create table stock (id int, name string, amount int) stored as orc tblproperties {properties}")
    engine.run("insert into stock values (1, 'tea', 5), (2, 'salt', 7), (3, 'rice', 9)")
    engine.run("insert into stock values (4, 'oil', 1)")
    engine.run("update stock set amount = amount + 10 where id = 2")
    engine.run("delete from stock where id = 3")
    assert engine.run(SELECT) == ["1\ttea\t5", "2\tsalt\t17", "4\toil\t1"]
    # A part for each transaction that wrote, and one for each that took away.
    assert (len(parts("delta")), len(parts("delete_delta")), parts("base")) == (3, 2, [])

    # The one that leads looks at what was written to since it last looked, and finds too many parts; the server compacts
    # them, and the first cleans up after it.
    sooner = "('no_auto_compaction'='false', 'compactorthreshold.hive.compactor.delta.num.threshold'='2')"
    engine.run(f"alter table stock set tblproperties {sooner}")
    engine.run("insert into stock values (5, 'corn', 3)")
    until(lambda: len(parts("base")) == 1 and not parts("delta") and not parts("delete_delta"), "compaction")
    done = """select "CC_TYPE", "CC_STATE" from "COMPLETED_COMPACTIONS" where "CC_TABLE" = 'stock'"""
    until(lambda: site.postgres.sql(done) == ["a|s"], "the end of compaction")
    assert engine.run(SELECT) == ["1\ttea\t5", "2\tsalt\t17", "4\toil\t1", "5\tcorn\t3"]
