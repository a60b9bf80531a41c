// SPDX-License-Identifier: Apache-2.0
//
// What an event costs the collector: the way of a batch from its protobuf message to the session file, on
// one core. Budget: 40 ns an event for decoding, counting, compressing and storing; 3.5 bytes an event.
#include <benchmark/benchmark.h>

#include <bit>
#include <filesystem>
#include <random>
#include <vector>

#include "collector/ingest/session_ingest.h"
#include "collector/store/message_encoder.h"
#include "collector/store/session_reader.h"
#include "collector/store/session_writer.h"

namespace heaptap {
namespace {

constexpr int kBatches = 32;
constexpr std::uint32_t kEventsPerBatch = 65'536;

/// A churn like a compiler's: 100,000 live blocks, some temporaries, pairs of very different frequency,
/// addresses that are reused.
class Churn {
 public:
  explicit Churn(std::uint32_t pairs) : m_pairs(pairs) {
    m_hello.set_protocol(1);
    m_hello.set_session_id(std::string(16, 'b'));
    m_hello.set_time_unit_ns(100);
    v1::RecordRequest message;
    message.mutable_threads()->add_threads();
    message.mutable_threads()->add_threads();
    send(message);
    definePairs();
    for (int i = 0; i < kBatches; ++i) addBatch();
  }

  const v1::Hello& hello() const { return m_hello; }
  const std::vector<v1::RecordRequest>& messages() const { return m_messages; }
  std::size_t wireBytes() const {
    std::size_t bytes = 0;
    for (const auto& message : m_messages) {
      if (message.has_batch()) bytes += message.ByteSizeLong();
    }
    return bytes;
  }

 private:
  struct Live {
    std::uint64_t number, address, bornNs;
    std::uint32_t pair;
  };

  void send(v1::RecordRequest message) {
    message.set_sequence(m_messages.size() + 1);
    m_messages.push_back(std::move(message));
  }

  void definePairs() {
    v1::RecordRequest frames, nodes, pairs;
    for (std::uint32_t i = 0; i < m_pairs; ++i) {
      frames.mutable_frames()->add_module(0);
      frames.mutable_frames()->add_pc(0x400000 + 5 * i);
      frames.mutable_frames()->add_flags(0);
      nodes.mutable_stack_nodes()->add_parent(
          i == 0 ? 0 : i - static_cast<std::uint32_t>(m_random() % std::min(i, 30U)));
      nodes.mutable_stack_nodes()->add_frame(i + 1);
      pairs.mutable_pairs()->add_size(8 * (1 + m_random() % 64));
      pairs.mutable_pairs()->add_stack(i + 1);
      pairs.mutable_pairs()->add_origin(v1::ORIGIN_MALLOC);
      pairs.mutable_pairs()->add_align_log2(0);
      pairs.mutable_pairs()->add_slack_plus_1(0);
    }
    send(frames);
    send(nodes);
    send(pairs);
  }

  void addBatch() {
    v1::RecordRequest message;
    v1::UnpackedEventBatch batch;
    batch.set_first_allocation(m_number);
    batch.set_base_time_ns(m_nowNs);
    batch.set_events(kEventsPerBatch);
    batch.mutable_kinds()->resize(kEventsPerBatch / 8);
    std::uint64_t lastFreed = m_number, lastAddress = 0;
    for (std::uint32_t i = 0; i < kEventsPerBatch; ++i) {
      if (i % 1000 == 0) {
        batch.add_run_thread(static_cast<std::uint32_t>(m_random() % 2));
        batch.add_run_length(std::min(1000U, kEventsPerBatch - i));
      }
      const std::uint64_t units = m_random() % 4;
      batch.add_time(units);
      m_nowNs += units * m_hello.time_unit_ns();
      const bool isFree =
          m_live.size() > 100'000 ? m_random() % 100 < 52 : !m_live.empty() && m_random() % 100 < 40;
      if (isFree) {
        // Mostly young ones, as real programs do.
        const std::size_t age = m_random() % 4 != 0 ? m_random() % std::min<std::size_t>(m_live.size(), 64)
                                                    : m_random() % m_live.size();
        std::swap(m_live[m_live.size() - 1 - age], m_live.back());
        const Live block = m_live.back();
        m_live.pop_back();
        m_addresses.push_back(block.address);
        auto& kinds = *batch.mutable_kinds();
        kinds[i / 8] = static_cast<char>(kinds[i / 8] | 1 << (i % 8));
        batch.add_freed(static_cast<std::int64_t>(block.number - lastFreed));
        lastFreed = block.number;
        batch.add_freed_pair(block.pair);
        const std::uint64_t lifetime = m_nowNs - block.bornNs;
        batch.mutable_lifetime_log2()->push_back(
            static_cast<char>(lifetime < 2 ? 0 : std::bit_width(lifetime) - 1));
      } else {
        Live block{.number = m_number++, .address = m_nextAddress, .bornNs = m_nowNs, .pair = drawPair()};
        if (m_addresses.empty()) {
          m_nextAddress += 64;
        } else {
          block.address = m_addresses.back();
          m_addresses.pop_back();
        }
        batch.add_address(static_cast<std::int64_t>(block.address - lastAddress));
        lastAddress = block.address;
        batch.add_pair(block.pair);
        m_live.push_back(block);
      }
    }
    message.mutable_batch()->ParseFromString(batch.SerializeAsString());
    send(message);
  }

  /// Half of all allocations come from 1 % of the pairs.
  std::uint32_t drawPair() {
    return static_cast<std::uint32_t>(m_random() % (m_random() % 2 == 0 ? m_pairs / 100 : m_pairs));
  }

  const std::uint32_t m_pairs;
  std::mt19937_64 m_random{1};
  v1::Hello m_hello;
  std::vector<v1::RecordRequest> m_messages;
  std::vector<Live> m_live;
  std::vector<std::uint64_t> m_addresses;
  std::uint64_t m_number = 0, m_nowNs = 0, m_nextAddress = 0x7F00'0000'0000;
};

const Churn& churn(std::int64_t pairs) {
  static const Churn small(2'000), large(200'000);
  return pairs == 2'000 ? small : large;
}

void perEvent(benchmark::State& state) {
  const double events = static_cast<double>(state.iterations()) * kBatches * kEventsPerBatch;
  state.counters["events/s"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["ns/event"] =
      benchmark::Counter(events / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// The protobuf parser alone: gRPC does this for us.
void parse(benchmark::State& state) {
  const Churn& program = churn(state.range(0));
  std::vector<std::string> wire;
  for (const auto& message : program.messages()) wire.push_back(message.SerializeAsString());
  for (auto _ : state) {
    v1::RecordRequest message;
    for (const std::string& bytes : wire) benchmark::DoNotOptimize(message.ParseFromString(bytes));
  }
  perEvent(state);
  state.counters["wire bytes/event"] = static_cast<double>(program.wireBytes()) / kBatches / kEventsPerBatch;
}

/// Checking and counting.
void count(benchmark::State& state) {
  const Churn& program = churn(state.range(0));
  for (auto _ : state) {
    auto ingest = ingest::SessionIngest::begin(program.hello());
    for (const auto& message : program.messages()) {
      if (!ingest->apply(message)) state.SkipWithError("refused");
    }
    benchmark::DoNotOptimize(ingest->record().model.totals());
  }
  perEvent(state);
}

/// Compressing the batches.
void compress(benchmark::State& state) {
  const Churn& program = churn(state.range(0));
  BlobEncoder blobs;
  for (auto _ : state) {
    for (const auto& message : program.messages())
      if (message.has_batch()) benchmark::DoNotOptimize(blobs.encode(message.batch()));
  }
  perEvent(state);
}

/// Everything: parsing, checking, counting, compressing, storing, the final checkpoint.
void record(benchmark::State& state) {
  const Churn& program = churn(state.range(0));
  std::vector<std::string> wire;
  for (const auto& message : program.messages()) wire.push_back(message.SerializeAsString());
  const auto file = std::filesystem::temp_directory_path() / "heaptap-collector-bench.heaptap";
  std::uint64_t eventBytes = 0;
  for (auto _ : state) {
    auto ingest = ingest::SessionIngest::begin(program.hello());
    store::MessageEncoder encoder(ingest->record());
    auto writer = store::SessionWriter::create(file, program.hello(), {.force = true});
    v1::RecordRequest message;
    for (const std::string& bytes : wire) {
      if (!message.ParseFromString(bytes) || !ingest->apply(message)) state.SkipWithError("refused");
      writer->add(*encoder.encode(message, ingest->record()));
      if (writer->waitingBytes() > 4U << 20 && !writer->commit(std::nullopt))
        state.SkipWithError("not stored");
    }
    BlobEncoder blobs;
    auto checkpoint = store::Checkpoint::of(ingest->lastSequence(), ingest->record().model.counters(), blobs);
    if (!writer->finish(*checkpoint)) state.SkipWithError("not stored");
    eventBytes = writer->storedEventBytes();
  }
  perEvent(state);
  const double events = static_cast<double>(kBatches) * kEventsPerBatch;
  state.counters["blob bytes/event"] = static_cast<double>(eventBytes) / events;
  state.counters["file bytes/event"] = static_cast<double>(std::filesystem::file_size(file)) / events;
  std::filesystem::remove(file);
}

/// Opening a finished session: what a viewer waits for.
void load(benchmark::State& state) {
  const Churn& program = churn(state.range(0));
  const auto file = std::filesystem::temp_directory_path() / "heaptap-collector-bench.heaptap";
  {
    auto ingest = ingest::SessionIngest::begin(program.hello());
    store::MessageEncoder encoder(ingest->record());
    auto writer = store::SessionWriter::create(file, program.hello(), {.force = true});
    for (const auto& message : program.messages()) {
      (void)ingest->apply(message);
      writer->add(*encoder.encode(message, ingest->record()));
    }
    BlobEncoder blobs;
    auto checkpoint = store::Checkpoint::of(ingest->lastSequence(), ingest->record().model.counters(), blobs);
    if (!writer->finish(*checkpoint)) state.SkipWithError("not stored");
  }
  for (auto _ : state) {
    auto session = store::SessionReader::open(file).and_then([](store::SessionReader r) { return r.load(); });
    if (!session) state.SkipWithError("not read");
    benchmark::DoNotOptimize(session);
  }
  std::filesystem::remove(file);
}

BENCHMARK(parse)->Arg(2'000)->Arg(200'000)->ArgName("pairs")->Unit(benchmark::kMillisecond);
BENCHMARK(count)->Arg(2'000)->Arg(200'000)->ArgName("pairs")->Unit(benchmark::kMillisecond);
BENCHMARK(compress)->Arg(2'000)->Arg(200'000)->ArgName("pairs")->Unit(benchmark::kMillisecond);
BENCHMARK(record)->Arg(2'000)->Arg(200'000)->ArgName("pairs")->Unit(benchmark::kMillisecond);
BENCHMARK(load)->Arg(2'000)->Arg(200'000)->ArgName("pairs")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace heaptap

BENCHMARK_MAIN();
