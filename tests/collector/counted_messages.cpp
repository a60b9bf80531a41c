// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/counted_messages.h"

#include "agent/relay/pack/batch_packer.h"
#include "tests/support/event_batch.h"

namespace heaptap::test {
namespace {

class Kept final : public relay::MessageSink {
 public:
  void send(v1::RecordRequest& request) override {
    messages.push_back(request);
    messages.back().set_sequence(messages.size());
  }
  std::vector<v1::RecordRequest> messages;
};

std::vector<relay::RecordedEvent> eventsOf(const v1::UnpackedEventBatch& batch, std::uint32_t timeUnitNs) {
  std::vector<relay::RecordedEvent> events;
  std::uint64_t timeNs = batch.base_time_ns();
  std::uint64_t freed = batch.first_allocation();
  std::uint64_t address = 0;
  int allocations = 0;
  int frees = 0;
  int run = 0;
  std::uint32_t leftOfRun = batch.run_length_size() == 0 ? 0 : batch.run_length(0);
  for (std::uint32_t i = 0; i < batch.events(); ++i) {
    if (leftOfRun == 0) leftOfRun = batch.run_length(++run);
    --leftOfRun;
    relay::RecordedEvent event{.timeNs = timeNs += batch.time(static_cast<int>(i)) * timeUnitNs,
                               .thread = batch.run_thread(run),
                               .isFree = (batch.kinds()[i / 8] >> i % 8 & 1) != 0};
    if (event.isFree) {
      event.number = freed += static_cast<std::uint64_t>(batch.freed(frees));
      event.pair = batch.freed_pair(frees);
      event.lifetimeLog2 = static_cast<std::uint8_t>(batch.lifetime_log2()[static_cast<std::size_t>(frees)]);
      if (batch.freed_stack_size() != 0) event.stack = batch.freed_stack(frees);
      if (!batch.freed_temporary().empty())
        event.temporary =
            (batch.freed_temporary()[static_cast<std::size_t>(frees) / 8] >> frees % 8 & 1) != 0;
      ++frees;
    } else {
      event.address = address += static_cast<std::uint64_t>(batch.address(allocations));
      event.pair = batch.pair(allocations++);
    }
    events.push_back(event);
  }
  return events;
}

}  // namespace

std::vector<v1::RecordRequest> counted(const v1::Hello& hello,
                                       const std::vector<v1::RecordRequest>& messages) {
  Kept kept;
  relay::BatchPacker packer(kept);
  for (v1::RecordRequest message : messages) {
    if (!message.has_batch()) {
      packer.send(message);
      continue;
    }
    std::vector<relay::RecordedEvent> events = eventsOf(unpacked(message.batch()), hello.time_unit_ns());
    packer.sendBatch({.firstAllocation = message.batch().first_allocation(),
                      .baseTimeNs = message.batch().base_time_ns(),
                      .timeUnitNs = hello.time_unit_ns(),
                      .keepsEvents = !hello.without_events()},
                     events);
  }
  packer.settle();
  return kept.messages;
}

}  // namespace heaptap::test
