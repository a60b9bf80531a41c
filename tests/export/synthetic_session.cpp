// SPDX-License-Identifier: Apache-2.0
#include "tests/export/synthetic_session.h"

#include "heaptap/v1/ingest.pb.h"
#include "tests/client/profile_builder.h"

namespace heaptap::exporting::test {

v1::Summary summary() {
  v1::Summary summary;
  v1::SessionInfo& info = *summary.mutable_info();
  info.set_id("00112233445566778899aabbccddeeff");
  for (const char* word : {"jq", ".", "big file.json"}) info.add_command(word);
  info.set_pid(4711);
  info.set_started_at_unix_ns(1'700'000'000'000'000'000);
  info.set_duration_ns(1'500'000'000);
  info.set_state(v1::SESSION_COMPLETE);
  summary.set_end("exited 0");
  summary.set_exit_status(0);
  summary.set_threads(2);
  summary.set_allocations(1'030'412);
  summary.set_frees(1'030'400);
  summary.set_allocated_bytes(54'851'000);
  summary.set_peak_bytes(12'902'400);
  summary.set_peak_at_ns(812'000'000);
  summary.set_live_blocks(12);
  summary.set_live_bytes(1228);
  summary.set_temporary_allocations(812'000);
  summary.set_executable("/usr/bin/jq");
  summary.set_host("vm");
  for (const std::uint64_t frees : {5U, 0U, 7U}) summary.add_lifetime_log2(frees);
  return summary;
}

v1::HeapReport heap(std::uint32_t id, const std::string& name) {
  v1::HeapReport heap;
  heap.set_id(id);
  heap.set_name(name);
  heap.set_allocations(5);
  heap.set_frees(3);
  heap.set_allocated_bytes(500);
  heap.set_peak_bytes(300);
  heap.set_peak_at_ns(250'000'000);
  heap.set_live_blocks(2);
  heap.set_live_bytes(200);
  return heap;
}

client::Profile twoSites() {
  client::ProfileBuilder builder;
  builder.summary() = summary();
  const std::uint32_t libjq = builder.module("/usr/lib/x86_64-linux-gnu/libjq.so.1.0.4");
  const auto main = builder.frame("main");
  const auto parse = builder.place({}, v1::FRAME_GUESSED, libjq);
  const auto alloc =
      builder.place({{.function = "jv_mem_alloc", .file = "/build/jq-1.6/src/jv_alloc.c", .line = 123},
                     {.function = "jv_string"}},
                    0, libjq);
  const auto stack = builder.stackOf({builder.frame("malloc"), alloc, parse, main});
  builder.count({.size = 24,
                 .stack = stack,
                 .allocations = 1234,
                 .live = 10,
                 .atPeak = 20,
                 .temporaries = 12,
                 .slack = 8});
  builder.count({.size = 4096,
                 .stack = stack,
                 .allocations = 200,
                 .atPeak = 100,
                 .origin = v1::ORIGIN_NEW_ARRAY,
                 .slack = 0});
  builder.count({.size = 7,
                 .stack = builder.stackOf({builder.frame(kGrow), parse, main}),
                 .allocations = 500'000,
                 .atPeak = 11});
  return builder.profile();
}

}  // namespace heaptap::exporting::test
