import com.google.inject.CreationException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.trino.plugin.exchange.filesystem.FileSystemExchangeManagerFactory;
import io.trino.spi.exchange.ExchangeManagerContext;
import java.io.FileInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Has the plugin take files of exchange managers; fails at a key or a value that it does not know. */
public final class Spool {
    private Spool() {}

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            Properties properties = new Properties();
            try (FileInputStream stream = new FileInputStream(file)) {
                properties.load(stream);
            }
            Map<String, String> config = new HashMap<>();
            properties.forEach((key, value) -> config.put((String) key, (String) value));
            config.remove("exchange-manager.name");
            try {
                new FileSystemExchangeManagerFactory().create(config, new Context());
            } catch (CreationException e) {
                // Keys and values are checked before anything is made. What is made then asks its cloud who it is.
                System.err.println(e.getMessage());
            }
            System.out.println("taken " + file);
        }
        // Clients have threads of their own.
        System.exit(0);
    }

    private static final class Context implements ExchangeManagerContext {
        @Override
        public OpenTelemetry getOpenTelemetry() {
            return OpenTelemetry.noop();
        }

        @Override
        public Tracer getTracer() {
            return OpenTelemetry.noop().getTracer("test");
        }
    }
}
