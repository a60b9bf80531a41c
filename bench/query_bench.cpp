// SPDX-License-Identifier: Apache-2.0
//
// How long a relay's messages wait for a viewer: small batches of events go into a live session, while
// another thread asks for views of it, one after the other.
//   query_bench PAIRS SECONDS
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "collector/service/live_session.h"

namespace heaptap {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kEventsPerBatch = 512;
constexpr std::uint32_t kDefinedAtOnce = 65'536;

class Program {
 public:
  Program(service::LiveSession& session, std::uint32_t pairs) : m_session(session), m_pairs(pairs) {
    v1::RecordRequest threads, frames;
    threads.mutable_threads()->add_threads();
    receive(threads);
    frames.mutable_frames()->add_module(0);
    frames.mutable_frames()->add_pc(0x400000);
    frames.mutable_frames()->add_flags(0);
    receive(frames);
    for (std::uint32_t first = 0; first < pairs; first += kDefinedAtOnce) {
      v1::RecordRequest nodes, defined;
      for (std::uint32_t i = first; i < std::min(pairs, first + kDefinedAtOnce); ++i) {
        nodes.mutable_stack_nodes()->add_parent(i / 2);
        nodes.mutable_stack_nodes()->add_frame(1);
        defined.mutable_pairs()->add_size(16);
        defined.mutable_pairs()->add_stack(i + 1);
        defined.mutable_pairs()->add_origin(v1::ORIGIN_MALLOC);
        defined.mutable_pairs()->add_align_log2(0);
        defined.mutable_pairs()->add_slack_plus_1(0);
      }
      receive(nodes);
      receive(defined);
    }
  }

  /// Allocations of random pairs. Returns how long each message took. Units: ms.
  std::vector<double> play(std::chrono::seconds howLong) {
    std::vector<double> took;
    const auto end = Clock::now() + howLong;
    while (Clock::now() < end) {
      v1::UnpackedEventBatch batch;
      batch.set_first_allocation(m_allocations);
      batch.set_base_time_ns(m_allocations);
      batch.set_events(kEventsPerBatch);
      batch.mutable_kinds()->resize(kEventsPerBatch / 8);
      batch.add_run_thread(0);
      batch.add_run_length(kEventsPerBatch);
      for (std::uint32_t i = 0; i < kEventsPerBatch; ++i) {
        batch.add_time(1);
        batch.add_address(64);
        batch.add_pair(static_cast<std::uint32_t>(m_random() % m_pairs));
      }
      m_allocations += kEventsPerBatch;
      v1::RecordRequest message;
      message.mutable_batch()->ParseFromString(batch.SerializeAsString());
      const auto begun = Clock::now();
      receive(message);
      took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    return took;
  }

 private:
  void receive(v1::RecordRequest& message) {
    message.set_sequence(++m_sequence);
    if (!m_session.receive(message)) std::abort();
  }

  service::LiveSession& m_session;
  std::uint32_t m_pairs;
  std::mt19937 m_random{1};
  std::uint64_t m_sequence = 0;
  std::uint64_t m_allocations = 0;
};

void print(const char* name, std::vector<double> took, std::uint64_t views) {
  std::sort(took.begin(), took.end());
  std::printf("%-16s %6zu messages: median %.3f ms, 99 %% %.3f ms, longest %.3f ms; %llu views\n", name,
              took.size(), took[took.size() / 2], took[took.size() * 99 / 100], took.back(),
              static_cast<unsigned long long>(views));
}

void run(std::uint32_t pairs, std::chrono::seconds seconds) {
  v1::Hello hello;
  hello.set_protocol(1);
  hello.set_session_id(std::string(16, 'q'));
  hello.set_time_unit_ns(1);
  const auto file = std::filesystem::temp_directory_path() / "heaptap-query-bench.heaptap";
  auto session = service::LiveSession::create(hello, file, {.force = true});
  if (!session) std::abort();
  Program program(**session, pairs);
  print("no client asks:", program.play(seconds), 0);
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> views = 0;
  std::thread viewer([&] {
    for (; !done; ++views)
      if (!(*session)->view()) std::abort();
  });
  auto took = program.play(seconds);
  done = true;
  viewer.join();
  print("with a viewer:", std::move(took), views);
  session->reset();
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace heaptap

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: query_bench PAIRS SECONDS\n");
    return 2;
  }
  heaptap::run(static_cast<std::uint32_t>(std::strtoul(arguments[1], nullptr, 10)),
               std::chrono::seconds(std::strtol(arguments[2], nullptr, 10)));
}
