# Code that is compiled while it runs, with a map of it; collections, threads, and memory outside of Java's heap.
cat >Work.java <<'S'
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;
import java.util.zip.*;

public class Work {
  static long hash(Object text) { long h = 7; for (char c : text.toString().toCharArray()) h = h * 31 + c; return h; }
  public static void main(String[] words) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    List<Future<Long>> parts = new ArrayList<>();
    for (int part = 0; part < 12; part++) {
      final int number = part;
      parts.add(pool.submit(() -> {
        Map<String, List<Integer>> map = new TreeMap<>();
        for (int i = 0; i < 20000; i++) map.computeIfAbsent("k" + i * 31 % 97, k -> new ArrayList<>()).add(i * number);
        ByteBuffer outside = ByteBuffer.allocateDirect(100_000 + number);
        Deflater packer = new Deflater();
        packer.setInput(map.toString().getBytes());
        packer.finish();
        byte[] packed = new byte[1 << 20];
        int size = packer.deflate(packed);
        packer.end();
        return hash(map) + size + outside.capacity();
      }));
    }
    long sum = 0;
    for (Future<Long> part : parts) sum = sum * 17 + part.get();
    pool.shutdown();
    try { Object[] none = null; none[0] = 1; } catch (NullPointerException e) { System.out.println("caught"); }
    System.out.println(sum);
    System.exit(8);
  }
}
S
[ -e Work.class ] || javac Work.java || exit 1
"$@" java -Xmx256m -Xshare:auto -XX:+UnlockDiagnosticVMOptions -XX:+DumpPerfMapAtExit -cp . Work
exit $?
