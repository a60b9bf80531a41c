// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/relay/base/event_column.h"
#include "agent/relay/base/recorded_event.h"
#include "columns/address_guesses.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Writes events into the columns of an EventBatch of form 1 (proto/heaptap/v1/ingest.proto): in as few bytes
/// as a reader can have who knows no other batch. All arrays are reused. Threads: one at a time.
class ColumnWriter {
 public:
  /// `chunks`: columns::chunkBytes() of each pair. Precondition: it has the pairs of all events.
  /// False: a free contradicts the allocation that it ends, which this form does not repeat.
  bool write(const BatchHead& head, std::span<const RecordedEvent> events,
             std::span<const std::uint32_t> chunks, v1::EventBatch& batch);

 private:
  /// A number for each entry: its low eight bits, and the rest.
  class LowAndHigh {
   public:
    void begin(std::size_t maxEntries) {
      m_low.clear();
      m_high.begin(maxEntries);
    }
    void add(std::uint64_t value) {
      m_low.push_back(static_cast<char>(value));
      m_high.add(value >> 8);
    }
    void moveTo(std::string& low, std::string& high) {
      low = m_low;
      m_high.moveTo(high);
    }

   private:
    std::string m_low;
    EventColumn m_high;
  };
  struct Born {
    std::uint64_t timeNs;
    std::uint64_t address;
    std::uint32_t pair;
    std::uint32_t chunk;
  };

  void begin(std::size_t events);
  bool add(const RecordedEvent& event, std::span<const std::uint32_t> chunks);
  bool addFree(const RecordedEvent& event);
  void endRun();
  void writeAddresses(v1::EventBatch& batch);

  std::uint64_t m_firstAllocation = 0;
  std::uint32_t m_runThread = 0;
  std::uint32_t m_runLength = 0;
  std::size_t m_events = 0;
  std::size_t m_frees = 0;
  std::vector<Born> m_born;                  ///< The batch's allocations, in their order.
  std::vector<std::uint64_t> m_toldAddress;  ///< Of those that could not be guessed.
  columns::AddressGuesses m_guesses;
  std::string m_kinds;
  std::string m_guess;
  std::string m_lifetime;
  std::string m_temporaries;
  EventColumn m_time;
  EventColumn m_runThreads;
  EventColumn m_runLengths;
  EventColumn m_freedStack;
  LowAndHigh m_pair;
  LowAndHigh m_address;
  LowAndHigh m_lag;
  LowAndHigh m_freedPair;
};

}  // namespace heaptap::relay
