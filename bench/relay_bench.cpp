// SPDX-License-Identifier: Apache-2.0
//
// What an event costs the relay: drain, order, match, encode and serialize, without the network.
//   relay_bench [--benchmark_…] BUFFER...   also of what programs have left in these files (HEAPTAP_BUFFER),
//                                           with one thread that matches and with several
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "agent/relay/drain/drain.h"
#include "agent/relay/pack/batch_packer.h"
#include "agent/relay/pack/keyframe_writer.h"
#include "agent/relay/target/recorded_buffer.h"
#include "tests/agent/relay/single_process.h"
#include "tests/agent/relay/stream_writer.h"

namespace heaptap::relay {
namespace {

/// Takes messages as the uplink does, and drops them.
class SerializingSink final : public MessageSink {
 public:
  void send(v1::RecordRequest& request) override { m_bytes += request.SerializeAsString().size(); }
  [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }

 private:
  std::uint64_t m_bytes = 0;
};

/// Of this thread: a busy machine disturbs it less than wall time.
double cpuSeconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// A program with `threads` threads that replaces blocks at random among `live` ones; a run of `run` events
/// comes from one thread before the next goes on.
class Churn {
 public:
  Churn(SharedMemory& memory, std::size_t threads, std::size_t live, std::size_t run)
      : m_run(run), m_addresses(live) {
    for (std::size_t i = 0; i < threads; ++i)
      m_writers.emplace_back(memory, i == 0 ? static_cast<std::uint32_t>(getpid()) : (1U << 30) + i);
    test::StackWriter stacks(memory);
    for (std::uint32_t i = 0; i < 2000; ++i)
      m_stacks.push_back(stacks.node(i < 100 ? wire::kRootNode : m_stacks[m_random() % i], stacks.frame(i)));
  }

  void write(std::size_t events) {
    for (std::size_t done = 0; done < events; done += 2) {
      if (done % m_run == 0) m_writer = (m_writer + 1) % m_writers.size();
      const std::size_t i = m_random() % m_addresses.size();
      std::uint64_t& address = m_addresses[i];
      if (address != 0) m_writers[m_writer].free(++m_stamp, address);
      address = 0x5555'0000'0000 + i * 64 + m_random() % 2 * 32;
      m_writers[m_writer].alloc(++m_stamp, address, 16 + m_random() % 8 * 16,
                                m_stacks[m_random() % m_stacks.size()]);
    }
  }

 private:
  std::mt19937_64 m_random{1};
  std::size_t m_run;
  std::size_t m_writer = 0;
  std::uint64_t m_stamp = 0;
  std::vector<std::uint64_t> m_addresses;
  std::vector<std::uint32_t> m_stacks;
  std::vector<test::StreamWriter> m_writers;
};

/// Pairs of an allocation and its free, one event in two a free. Arguments: live blocks, 0 without a matcher.
void matchAndEncode(benchmark::State& state) {
  constexpr std::size_t kEvents = 50'000;
  SerializingSink sink;
  BatchEncoder encoder;
  PairTable pairs;
  for (std::uint32_t stack = 0; stack < 5000; ++stack) pairs.indexOf({64, stack, {wire::Origin::Malloc}});
  Findings findings;
  Matcher matcher(std::make_shared<BlockStore>(), encoder, pairs, findings);
  const auto allocated = [](std::uint64_t address, std::uint32_t pair) {
    return Allocated{.address = address, .pair = pair};
  };
  const auto live = static_cast<std::size_t>(state.range(0));
  std::mt19937_64 random{1};
  std::vector<std::uint64_t> addresses(std::max<std::size_t>(live, 1));
  std::vector<std::size_t> places(kEvents / 2);
  std::uint64_t now = 0;
  for (std::size_t i = 0; i < live; ++i) {
    matcher.allocation({now += 100, 0}, allocated(addresses[i] = 0x5555'0000'0000 + i * 64, 0));
    if (encoder.full()) encoder.flush(sink);
  }
  for (auto _ : state) {
    state.PauseTiming();
    for (std::size_t& place : places) place = random() % addresses.size();
    state.ResumeTiming();
    for (const std::size_t place : places) {
      const auto pair = static_cast<std::uint32_t>(place % 5000);
      if (live != 0) {
        matcher.free({now += 100, 0}, {.address = addresses[place], .origin = wire::Origin::Free});
        matcher.allocation({now += 100, 0}, allocated(addresses[place] ^= 32, pair));
      } else {
        const std::uint64_t number = encoder.allocation(now += 100, 0, 0x5555'0000'0000 + place * 64, pair);
        encoder.free(now += 100, 0, {.number = number, .pair = pair, .lifetimeNs = 100});
      }
      if (encoder.full()) encoder.flush(sink);
    }
  }
  state.counters["ns/event"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(kEvents) * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
/// A keyframe: what its blocks cost the drain, which copies them, and the packer, which sorts and encodes
/// them. Argument: live blocks. An item is a block.
void keyframe(benchmark::State& state) {
  const auto live = static_cast<std::uint64_t>(state.range(0));
  auto facts = std::make_shared<PairFacts>();
  for (int i = 0; i < 5000; ++i) facts->add({64, wire::Origin::Malloc, 0});
  BlockTable table(std::make_shared<BlockStore>(), facts);
  std::mt19937_64 random(1);
  // Each block was replaced three times, an event each 200 ns.
  for (std::uint64_t number = 0; number < 4 * live; ++number) {
    const std::uint64_t address = 0x5555'0000'0000 + (number < live ? number : random() % live) * 48;
    table.put(table.find(address),
              {address, number, number * 200, static_cast<std::uint32_t>(random() % 5000)});
  }
  double copying = 0;
  double packing = 0;
  std::size_t bytes = 0;
  BlobEncoder blobs;
  KeyframeWriter writer;
  LargeArray<LiveBlocks::Row> room;
  for (auto _ : state) {
    LiveBlocks blocks{.firstAllocation = 4 * live, .rows = std::move(room)};
    const double begin = cpuSeconds();
    table.copyTo(blocks);
    const double copied = cpuSeconds();
    bytes = 0;
    writer.write(blocks, BatchPacker::kBlocksInPart, blobs,
                 [&](v1::RecordRequest& request) { bytes += request.ByteSizeLong(); });
    copying += copied - begin;
    packing += cpuSeconds() - copied;
    blocks.rows.clear(KeyframeWriter::kKeptRows);
    room = std::move(blocks.rows);
  }
  const double blocks = static_cast<double>(state.iterations()) * static_cast<double>(live);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(live));
  state.counters["copy_ns"] = copying * 1e9 / blocks;
  state.counters["pack_ns"] = packing * 1e9 / blocks;
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(live);
}
BENCHMARK(keyframe)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Arg(2'000'000)->Unit(benchmark::kMillisecond);

BENCHMARK(matchAndEncode)
    ->ArgName("live")
    ->Arg(0)
    ->Arg(1'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000)
    ->Arg(50'000'000);

/// Arguments: threads, live blocks, events in a run of one thread.
void relayEvents(benchmark::State& state) {
  auto memory = SharedMemory::create({}).value();
  const auto pid = getpid();
  const TargetProcess process = TargetProcess::open(pid, static_cast<std::uint32_t>(pid)).value();
  SerializingSink sink;
  SessionClock clock(memory->clockMode(), memory->clockBase());
  EventTranslator translator(*memory, process, sink, std::make_shared<BlockStore>());
  test::SingleProcess processes(process, translator);
  Drain drain(*memory, clock, processes);
  Churn churn(*memory, static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
              static_cast<std::size_t>(state.range(2)));
  constexpr std::size_t kEvents = 200'000;
  // Until the live blocks are there.
  for (std::int64_t done = 0; done < 6 * state.range(1); done += kEvents) {
    churn.write(kEvents);
    drain.poll();
  }
  std::size_t events = 0;
  for (auto _ : state) {
    churn.write(kEvents);
    const double start = cpuSeconds();
    events += drain.poll();
    translator.flush();
    state.SetIterationTime(cpuSeconds() - start);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["ns/event"] = benchmark::Counter(static_cast<double>(events) * 1e-9,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(relayEvents)
    ->ArgNames({"threads", "live", "run"})
    ->Args({1, 1'000, 1})
    ->Args({2, 1'000, 64})
    ->Args({2, 1'000, 2})
    ->Args({16, 1'000, 2})
    ->Args({1, 100'000, 1})
    ->Args({1, 1'000'000, 1})
    ->Args({2, 1'000'000, 64})
    ->Args({1, 5'000'000, 1})
    ->Args({1, 20'000'000, 1})
    ->UseManualTime();

/// CPU time of each thread of this process, by name: "match" for all that match beside the drain.
std::map<std::string, double> cpuByThread() {
  std::map<std::string, double> seconds;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    double ns = 0;
    std::ifstream(task.path() / "schedstat") >> ns;
    const bool isDrain = task.path().filename() == std::to_string(getpid());
    seconds[isDrain ? "drain" : name.starts_with("match") ? "match" : "pack"] += ns * 1e-9;
  }
  return seconds;
}

/// Has the kernel map all chunks now: to a relay they are mapped, as the target has just written them.
void touchChunks(SharedMemory& memory) {
  for (std::uint32_t reference = 1; reference <= memory.geometry().chunkCount; ++reference)
    for (std::size_t at = 0; at < wire::kChunkBytes; at += 4096)
      reinterpret_cast<std::atomic<std::uint64_t>*>(reinterpret_cast<char*>(memory.chunk(reference)) + at)
          ->fetch_add(0);
}

/// Reads a whole recording, and packs what becomes of it in a thread as the relay does. `threads`: that
/// match, the drain's included. Units: ns an event; `drain_ns`, `match_ns` (all others that match) and
/// `pack_ns` are CPU time, as a busy machine disturbs that less than `wall_ns`.
void recordedEvents(benchmark::State& state, const std::string& path) {
  const auto threads = static_cast<unsigned>(state.range(0));
  const Matching matching{.shards = static_cast<unsigned>(state.range(1)),
                          .threads = threads,
                          .idleCores = [threads] { return threads; }};
  std::size_t events = 0;
  double wall = 0;
  std::map<std::string, double> cpu;
  for (auto _ : state) {
    auto buffer = RecordedBuffer::open(path, "/");
    if (!buffer) return state.SkipWithError(buffer.error().line().c_str());
    touchChunks(*buffer->memory);
    SerializingSink sink;
    SessionClock clock = SessionClock::ofThePast();
    BatchPacker packer(sink);
    EventTranslator translator(*buffer->memory, buffer->process, packer, BlockStores(matching.shards));
    test::SingleProcess processes(buffer->process, translator);
    Drain drain(*buffer->memory, clock, processes, matching);
    const auto before = cpuByThread();
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t processed = 1; processed != 0;) events += processed = drain.poll();
    translator.flush();
    const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - start;
    packer.settle();
    wall += lasted.count();
    state.SetIterationTime(lasted.count());
    for (const auto& [name, seconds] : cpuByThread()) cpu[name] += seconds;
    for (const auto& [name, seconds] : before) cpu[name] -= seconds;
  }
  const double scale = 1e9 / static_cast<double>(std::max<std::size_t>(events, 1));
  for (const auto& [name, seconds] : cpu) state.counters[name + "_ns"] = seconds * scale;
  state.counters["wall_ns"] = wall * scale;
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kAvgIterations);
}

}  // namespace

void addRecorded(const std::string& path) {
  const std::string name = "recordedEvents/" + std::filesystem::path(path).stem().string();
  benchmark::RegisterBenchmark(name.c_str(), [path](benchmark::State& state) { recordedEvents(state, path); })
      ->ArgNames({"threads", "shards"})
      ->Args({1, 1})
      ->Args({2, 2})
      ->Args({4, 4})
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace heaptap::relay

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) heaptap::relay::addRecorded(argv[i]);
  benchmark::RunSpecifiedBenchmarks();
}
