// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collector/model/session_record.h"
#include "collector/store/checkpoint.h"
#include "heaptap/v1/ingest.pb.h"

/// Messages as they go into the file. What is large is compressed already.
namespace heaptap::store {

/// What the events of several batches add up to: see counting::Span.
struct SpanBlob {
  std::uint32_t level = 0;
  std::uint64_t firstEvent = 0;
  std::uint64_t firstAllocation = 0;
  std::uint64_t events = 0;
  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;
  std::uint64_t entries = 0;
  std::string data;
};

/// Of a session without events, what the events of the batch add up to.
struct EventBlob {
  std::uint64_t firstEvent = 0;  ///< Events before it.
  std::uint64_t firstAllocation = 0;
  std::uint64_t events = 0;
  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;
  std::string data;
  std::vector<SpanBlob> spans = {};  ///< That end with it.
};

/// A part of a keyframe.
struct KeyframeBlob {
  std::uint64_t atNs = 0;        ///< Of the last event before it.
  std::uint64_t firstEvent = 0;  ///< Events before it.
  std::uint64_t firstAllocation = 0;
  std::uint32_t blocks = 0;
  std::uint32_t part = 0;
  bool last = false;
  std::string data;
};

struct DefinitionBlob {
  enum class Kind { Frames, Stacks, Pairs };
  Kind kind{};
  std::uint64_t first = 0;  ///< Id of the first one.
  std::uint64_t count = 0;
  std::string data;
};

struct ModuleRows {
  std::size_t first = 0;  ///< Index of the first one.
  v1::Modules modules;
};

struct ThreadRows {
  std::size_t first = 0;
  v1::Threads threads;
};

struct SymbolRows {
  struct Line {
    std::uint32_t frame = 0;
    std::uint32_t position = 0;  ///< Within the frame, innermost first.
    model::SymbolLine line;
  };
  std::size_t firstText = 0;  ///< Id of the first new text.
  std::vector<std::string> texts;
  std::vector<Line> lines;
};

struct HeapRows {
  std::size_t first = 0;  ///< Id of the first one.
  v1::Heaps heaps;
};

struct MarkRow {
  std::size_t id = 0;
  model::Mark mark;
  std::optional<Checkpoint>
      snapshot;  ///< Of this moment. None: it is not wanted, or there is no room for it.
};

/// A message that needs no row, only its number.
struct NoRow {};

struct StoredRow {
  std::uint64_t sequence = 0;
  std::variant<EventBlob, KeyframeBlob, DefinitionBlob, ModuleRows, ThreadRows, SymbolRows, HeapRows, MarkRow,
               NoRow, v1::ModuleNames, v1::Gap, v1::Counters, v1::Findings, v1::ResidentMemory, v1::Goodbye>
      item;

  /// About how much it adds to the file.
  std::size_t bytes() const;
};

}  // namespace heaptap::store
