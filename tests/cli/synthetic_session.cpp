// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/synthetic_session.h"

namespace heaptap::cli::test {

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

v1::Site site(const std::string& function) {
  v1::Site site;
  site.set_allocations(1'434);
  site.set_frees(1'424);
  site.set_allocated_bytes(9'437'184);
  site.set_live_blocks(10);
  site.set_live_bytes(1024);
  site.set_peak_bytes(8'388'608);
  site.set_temporaries(12);
  v1::SizeBucket& small = *site.add_size_histogram();
  small.set_min_bytes(16);
  small.set_max_bytes(31);
  small.set_allocations(1'234);
  small.set_live_blocks(10);
  v1::SizeBucket& large = *site.add_size_histogram();
  large.set_min_bytes(4096);
  large.set_max_bytes(8191);
  large.set_allocations(200);
  site.add_origins(v1::ORIGIN_MALLOC);
  site.add_origins(v1::ORIGIN_NEW_ARRAY);
  site.set_allocated_slack_bytes(4000);
  site.set_live_slack_bytes(80);
  site.set_peak_slack_bytes(320);
  v1::StackLine& inner = *site.add_lines();
  inner.set_function(function);
  inner.set_file("/build/jq-1.6/src/jv_alloc.c");
  inner.set_line(123);
  inner.set_module("/usr/lib/x86_64-linux-gnu/libjq.so.1.0.4");
  inner.set_inlined(true);
  inner.set_pc(0x10);
  inner.set_address(0x7FFFFFFF0010);
  v1::StackLine& nameless = *site.add_lines();
  nameless.set_module("/usr/lib/x86_64-linux-gnu/libjq.so.1.0.4");
  nameless.set_pc(0x4f2a);
  nameless.set_address(0x7FFFFFFF4f2a);
  nameless.set_guessed(true);
  v1::StackLine& outer = *site.add_lines();
  outer.set_function("main");
  outer.set_module("/usr/bin/jq");
  return site;
}

}  // namespace heaptap::cli::test
