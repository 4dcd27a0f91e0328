import io.trino.server.Server;

/** Starts a node: the launcher of the distribution does the same, and no more. */
public final class Node {
    private Node() {}

    public static void main(String[] arguments) {
        new Server().start(arguments[0]);
    }
}
