import io.trino.spi.Plugin;
import io.trino.spi.security.GroupProvider;
import io.trino.spi.security.GroupProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Stands in for the plugin with groups from a file, which Maven Central does not have: it reads the same file. */
public final class Groups implements Plugin {
    @Override
    public Iterable<GroupProviderFactory> getGroupProviderFactories() {
        return List.of(new Factory());
    }

    private static final class Factory implements GroupProviderFactory {
        @Override
        public String getName() {
            return "file";
        }

        @Override
        public GroupProvider create(Map<String, String> config) {
            Path file = Path.of(config.get("file.group-file"));
            return user -> groups(file, user);
        }

        private static Set<String> groups(Path file, String user) {
            try {
                return Files.readAllLines(file).stream()
                        .map(line -> line.split(":", 2))
                        .filter(line -> List.of(line[1].split(",")).contains(user))
                        .map(line -> line[0])
                        .collect(Collectors.toSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
