import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.jdo.JDOHelper;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf;
import org.apache.hadoop.hive.metastore.conf.MetastoreConf.ConfVars;
import org.datanucleus.api.jdo.JDOPersistenceManagerFactory;
import org.datanucleus.store.schema.SchemaAwareStoreManager;

/**
 * Writes the statements that make the tables of the mapping in Hive's jar (`package.jdo`) to the file that it is given.
 * They are the greater part of the schema; Hive's own script of it is in its distribution alone. No table is made.
 */
public final class Schema {
  private static final Pattern NAME = Pattern.compile("<(package|class) name=\"([\\w.]+)\"");

  private Schema() {}

  public static void main(String[] arguments) throws Exception {
    Configuration conf = MetastoreConf.newMetastoreConf();
    Map<String, Object> properties = new HashMap<>();
    for (ConfVars each : ConfVars.values()) {
      String name = each.getVarname();
      if (name.startsWith("datanucleus.") || name.startsWith("javax.jdo.option.")) {
        properties.put(name, MetastoreConf.getAsString(conf, each));
      }
    }
    properties.put("javax.jdo.option.ConnectionPassword", MetastoreConf.getPassword(conf, ConfVars.PWD));
    properties.put("datanucleus.connectionPoolingType", "None");
    properties.put("datanucleus.schema.autoCreateAll", "true");
    properties.put("javax.jdo.PersistenceManagerFactoryClass", JDOPersistenceManagerFactory.class.getName());
    var factory = (JDOPersistenceManagerFactory) JDOHelper.getPersistenceManagerFactory(properties);
    Properties made = new Properties();
    made.setProperty("ddlFilename", arguments[0]);
    made.setProperty("completeDdl", "true");
    var store = (SchemaAwareStoreManager) factory.getNucleusContext().getStoreManager();
    store.createSchemaForClasses(classes(), made);
    factory.close();
  }

  private static Set<String> classes() throws Exception {
    Set<String> found = new LinkedHashSet<>();
    try (var file = Schema.class.getResourceAsStream("/package.jdo")) {
      String part = "";
      Matcher names = NAME.matcher(new String(file.readAllBytes()));
      while (names.find()) {
        if (names.group(1).equals("package")) part = names.group(2);
        else found.add(part + "." + names.group(2));
      }
    }
    return found;
  }
}
