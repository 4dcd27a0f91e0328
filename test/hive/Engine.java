import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.ql.DriverFactory;
import org.apache.hadoop.hive.ql.IDriver;
import org.apache.hadoop.hive.ql.session.SessionState;
import org.apache.hadoop.hive.ql.txn.compactor.Worker;

/**
 * Runs statements, one a line of standard input, with the engine and the settings of HiveServer2, and beside it the worker
 * that compacts tables, until there are no more. Answers each with a line for each row, `row` and the columns between tabs,
 * and with `done` or `failed` and why.
 */
public final class Engine {
  private Engine() {}

  public static void main(String[] arguments) {
    int code = 1;
    try {
      run();
      code = 0;
    } catch (Throwable failed) {
      failed.printStackTrace();
    }
    System.err.flush();
    // Threads of Tez would keep the process.
    Runtime.getRuntime().halt(code);
  }

  private static void run() throws Exception {
    HiveConf conf = new HiveConf();
    SessionState.start(new SessionState(conf, "ada"));
    Worker worker = new Worker();
    worker.setConf(new HiveConf(conf));
    worker.init(new AtomicBoolean());
    worker.setDaemon(true);
    worker.start();
    var statements = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String each = statements.readLine(); each != null; each = statements.readLine()) answer(conf, each);
  }

  private static void answer(HiveConf conf, String statement) {
    try (IDriver driver = DriverFactory.newDriver(conf)) {
      driver.run(statement);
      List<Object> rows = new ArrayList<>();
      while (driver.getResults(rows)) {
        for (Object row : rows) System.out.println("row\t" + row);
        rows.clear();
      }
      System.out.println("done");
    } catch (Exception failed) {
      failed.printStackTrace();
      System.out.println("failed\t" + String.valueOf(failed.getMessage()).replace('\n', ' '));
    }
    System.out.flush();
  }
}
