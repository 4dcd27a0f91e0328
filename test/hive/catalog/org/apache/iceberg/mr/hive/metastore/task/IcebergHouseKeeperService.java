package org.apache.iceberg.mr.hive.metastore.task;

import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.MetastoreTaskThread;

/**
 * Stands for a part of Hive that Maven Central lacks, and without which the metastore that leads would start none of
 * what it does by the clock. Here it does nothing.
 */
public final class IcebergHouseKeeperService implements MetastoreTaskThread {
  private Configuration conf;

  @Override
  public long runFrequency(TimeUnit unit) {
    return unit.convert(1, TimeUnit.HOURS);
  }

  @Override
  public void setConf(Configuration conf) {
    this.conf = conf;
  }

  @Override
  public Configuration getConf() {
    return conf;
  }

  @Override
  public void run() {}
}
