// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace heaptap::exporting {

/// Where a report or an export goes, piece by piece: standard output, a file, a text in memory.
/// Threads: one at a time.
/// Errors:  kept by the sink, whose owner asks for them at the end; what is written after one is lost.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  virtual void write(std::string_view bytes) = 0;
  /// True once something could not be written: a long export may stop here.
  [[nodiscard]] virtual bool hasFailed() const { return false; }
};

}  // namespace heaptap::exporting
