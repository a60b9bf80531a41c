#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: Mono: C#, its just-in-time compiler and collector, threads
# packages: mono-runtime mono-mcs
# leaves: .
printf 'using System; using System.Collections.Generic; using System.Threading;\nclass A { static void Main() { var d = new Dictionary<int, string>(); for (int i = 0; i < 20000; i++) d[i * 7919 %% 10007] = "v" + i; var t = new Thread(() => { for (int i = 0; i < 1000; i++) GC.KeepAlive(new byte[10000]); }); t.Start(); t.Join(); GC.Collect(); try { throw new Exception("caught"); } catch (Exception e) { Console.WriteLine(e.Message + " " + d.Count); } } }\n' >a.cs
mcs a.cs && mono a.exe
