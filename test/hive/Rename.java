import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes Iceberg's catalog for the metastore run with Hive 4: settings have other names there. Hive has a build of its own
 * of this catalog with the same changes, which is not on Maven Central. Arguments: the jar, and a folder for its classes.
 */
public final class Rename {
  private static final Map<String, String> NAMES =
      Map.of("METASTOREWAREHOUSE", "METASTORE_WAREHOUSE", "METASTOREURIS", "METASTORE_URIS");

  private Rename() {}

  public static void main(String[] arguments) throws Exception {
    Path target = Path.of(arguments[1]);
    try (FileSystem jar = FileSystems.newFileSystem(Path.of(arguments[0]));
        var files = Files.walk(jar.getPath("/"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Path copy = target.resolve(file.toString().substring(1));
        Files.createDirectories(copy.getParent());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(copy, file.toString().endsWith(".class") ? renamed(bytes) : bytes);
      }
    }
  }

  private static byte[] renamed(byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
            return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, type, generic, thrown)) {
              @Override
              public void visitFieldInsn(int code, String owner, String field, String descriptor) {
                boolean setting = owner.equals("org/apache/hadoop/hive/conf/HiveConf$ConfVars");
                super.visitFieldInsn(code, owner, setting ? NAMES.getOrDefault(field, field) : field, descriptor);
              }
            };
          }
        },
        0);
    return writer.toByteArray();
  }
}
