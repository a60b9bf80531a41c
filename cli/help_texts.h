// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What `--help` shows besides the options.
namespace heaptap::cli {

inline constexpr const char* kCollectorHelp = "Collector to use: HOST:PORT or unix:PATH";

inline constexpr const char* kContradiction =
    "--output and --max-file are for a private collector; with --collector, the collector decides";

inline constexpr const char* kMainExamples = R"(
Examples:
  heaptap run -- jq . big.json          record a program, print a short summary
  heaptap report jq.4711.heaptap        leaks and the sites that allocate most
  heaptap ls                            sessions in this folder
Each subcommand has its own --help.)";

inline constexpr const char* kRunExamples = R"(
Options behind COMMAND belong to COMMAND. Its standard streams, signals and exit status pass through;
125 says that heaptap failed before COMMAND was started, 126 that COMMAND cannot run or not be traced,
127 that it was not found.

Examples:
  heaptap run jq . big.json                         into jq.PID.heaptap
  heaptap run -o build.heaptap --force make -j4     children: build.NAME.PID.N.heaptap
  heaptap run --max-file 2GiB -q -- ./server -v     keep at most 2 GiB, print only what goes wrong
  heaptap run --only python3 -o a.heaptap ./build.sh   python3 alone; the first one into a.heaptap
  heaptap run --min-allocations 1000 ./build.sh     all, but keep no file of the small ones
  heaptap run --collector unix:/run/heaptapd.sock ./server)";

inline constexpr const char* kReportExamples = R"(
Examples:
  heaptap report jq.4711.heaptap                       summary, leaks, top sites
  heaptap report --leaks --top 0 jq.4711.heaptap       every leak
  heaptap report --json jq.4711.heaptap | jq .summary  for programs: docs/report-json.md
  heaptap report --snapshot "cache warm" app.heaptap   the heap as it was at a snapshot
  heaptap report --collector build-host:7070 3f2a      a session of a collector, by its id)";

inline constexpr const char* kDiffExamples = R"(
Functions and stacks are matched by name: lines, addresses, inlining and other builds make no difference.

Examples:
  heaptap diff old.heaptap new.heaptap                 what is left at the end, regressions first
  heaptap diff --cost peak old.heaptap new.heaptap     what made the peak larger
  heaptap diff --before a1 a2 a3 --after b1 b2 b3      several runs of each: what varies is noise
  heaptap diff --snapshot warm app.heaptap             what has come since a snapshot
  heaptap diff --json old.heaptap new.heaptap          for programs: docs/comparing.md)";

inline constexpr const char* kLsExamples = R"(
Examples:
  heaptap ls                              session files in this folder
  heaptap ls results old.heaptap          in another folder, and one file
  heaptap ls --collector build-host:7070  what a collector has, live sessions too)";

inline constexpr const char* kRecoverExamples = R"(
FILE is what a program has written that ran with HEAPTAP_BUFFER=FILE in its environment (docs/containers.md). It
is read, not changed. How the program ended is not known; with kill -9, everything up to then is there.

Examples:
  HEAPTAP_BUFFER=app.buffer LD_PRELOAD=.../libheaptap_preload.so ./app
  heaptap recover app.buffer                           into app.PID.heaptap
  heaptap recover app.buffer -o app.heaptap --force    replace an existing session file
  heaptap recover app.buffer --root /proc/4711/root    names from the files of a container)";

}  // namespace heaptap::cli
