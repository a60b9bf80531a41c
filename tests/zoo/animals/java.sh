#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: OpenJDK: javac, threads, collections, a garbage collection, direct buffers
# packages: openjdk-17-jdk-headless
# leaves: hsperfdata
# normalise: /^(Picked up .*)$//
cat >A.java <<'END'
import java.nio.ByteBuffer;
import java.util.*;
import java.util.stream.*;
public class A {
  public static void main(String[] args) throws Exception {
    Map<Integer, String> map = new TreeMap<>();
    for (int i = 0; i < 20000; i++) map.put(i * 7919 % 10007, "v" + i);
    System.out.println(map.size() + " " + IntStream.range(0, 100000).parallel().filter(i -> i % 7 == 3).count());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) { Thread x = new Thread(() -> { for (int i = 0; i < 200; i++) ByteBuffer.allocateDirect(4096); }); x.start(); threads.add(x); }
    for (Thread t : threads) t.join();
    System.gc();
    try { Object[] none = new Object[1]; none[2] = ""; } catch (ArrayIndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
    System.out.println(new String(new ProcessBuilder("echo", "child").start().getInputStream().readAllBytes()).trim());
  }
}
END
javac A.java && java -Xmx256m A; echo $?
