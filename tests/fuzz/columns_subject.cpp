// SPDX-License-Identifier: Apache-2.0
//
// An input is a batch of events as a file has it once it is decompressed, which a checksum guards in real
// files.
#include "agent/relay/base/whole_columns.h"
#include "agent/relay/pack/column_writer.h"
#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"
#include "tests/fuzz/subject.h"
#include "tests/support/whole_batch.h"

namespace heaptap::fuzz {
namespace {

constexpr std::uint32_t kTimeUnitNs = 100;
const std::vector<std::uint32_t> kChunks{32, 64, 1024, 1U << 20};

Verdict readColumns(std::span<const std::uint8_t> input) {
  v1::EventBatch batch;
  if (!batch.ParseFromArray(input.data(), static_cast<int>(input.size()))) return Verdict::Refused;
  if (batch.base_time_ns() > ingest::kMaxTimeNs) return Verdict::Refused;
  ingest::BatchColumns columns;
  ingest::AddressColumn addresses;
  test::KnownChunks chunks(kChunks);
  if (!columns.read(batch, ingest::BatchColumns::Bounds::widest(batch, kTimeUnitNs))) return Verdict::Refused;
  std::uint64_t sum = 0;
  ingest::walkEvents(
      batch, columns, kTimeUnitNs,
      [&](const auto& event) {
        sum += event.atNs;
        return true;
      },
      [](model::PairId) {});
  if (!addresses.read(batch, columns, chunks)) return Verdict::Refused;
  return sum == 1 ? Verdict::Refused : Verdict::Taken;
}

std::vector<Bytes> batches() {
  std::vector<Bytes> seeds;
  for (const std::size_t count : {1U, 6U, 300U}) {
    std::vector<relay::RecordedEvent> events;
    std::uint64_t made = 20;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t timeNs = 1000 + i * 300;
      if (i % 3 == 2)
        events.push_back({.timeNs = timeNs,
                          .number = i % 2 == 0 ? made - 1 : i / 40,
                          .pair = i % 2 == 0 ? static_cast<std::uint32_t>((i - 1) % 4) : 3,
                          .lifetimeLog2 = 9,
                          .isFree = true});
      else
        events.push_back(
            {.timeNs = timeNs, .address = 0x1000 + i / 4 * 48, .pair = static_cast<std::uint32_t>(i % 4)}),
            ++made;
    }
    const relay::BatchHead head{.firstAllocation = 20, .baseTimeNs = 900};
    v1::EventBatch split, whole;
    relay::writeWholeColumns(head, events, whole);
    if (!relay::ColumnWriter().write(head, events, kChunks, split)) split = whole;
    for (const auto& batch : {split, whole}) {
      const std::string bytes = batch.SerializeAsString();
      seeds.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return seeds;
}

}  // namespace

Subject columnsSubject() { return {"columns", batches, readColumns, 100'000}; }

}  // namespace heaptap::fuzz
