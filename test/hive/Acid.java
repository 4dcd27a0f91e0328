import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.ql.DriverFactory;
import org.apache.hadoop.hive.ql.IDriver;
import org.apache.hadoop.hive.ql.session.SessionState;
import org.apache.hadoop.hive.ql.txn.compactor.Worker;

/**
 * Runs statements, one an argument, with the engine and the settings of HiveServer2, and the worker that compacts tables
 * beside it. Prints a line for each row: `row`, the number of the statement and the columns, between tabs.
 */
public final class Acid {
  private Acid() {}

  public static void main(String[] statements) throws Exception {
    HiveConf conf = new HiveConf();
    conf.set("hive.session.id", "acid");
    SessionState.start(new SessionState(conf, "ada"));
    Worker worker = new Worker();
    worker.setConf(conf);
    worker.init(new AtomicBoolean());
    worker.setDaemon(true);
    worker.start();
    for (int index = 0; index < statements.length; index++) {
      System.err.println("statement " + index + ": " + statements[index]);
      try (IDriver driver = DriverFactory.newDriver(conf)) {
        driver.run(statements[index]);
        List<Object> rows = new ArrayList<>();
        while (driver.getResults(rows)) {
          for (Object row : rows) System.out.println("row\t" + index + "\t" + row);
          rows.clear();
        }
      }
    }
    System.out.flush();
    // Threads of Tez would keep the process.
    Runtime.getRuntime().halt(0);
  }
}
