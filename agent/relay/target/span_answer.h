// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// What of a span is left and cannot be reached, as struct heaptap_leaks says it.
struct SpanAnswer {
  enum class Status : std::uint32_t { Known = 1, Unknown = 2 };  ///< enum heaptap_leaks_status.

  Status status = Status::Known;
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  std::string text = {};

  static SpanAnswer unknown(std::string why) { return {.status = Status::Unknown, .text = std::move(why)}; }
};

/// Tells the thread that has asked question `number`, if it still waits for that. Threads: any.
void give(const SharedMemory& memory, std::uint32_t number, const SpanAnswer& answer);

}  // namespace heaptap::relay
