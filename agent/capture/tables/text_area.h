// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "agent/capture/tables/shared_view.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// A piece of the shared memory's text area. Length 0: there was no room.
struct StoredText {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// Copies a text there, where it stays.
/// Threads: any, signal handlers too.
inline StoredText storeText(wire::Header* header, const char* text, std::size_t length) {
  const wire::Geometry& geometry = header->geometry;
  const std::uint64_t offset = header->textUsed.fetch_add(length, std::memory_order_relaxed);
  if (length > geometry.textBytes || offset > geometry.textBytes - length) {
    header->textUsed.store(geometry.textBytes, std::memory_order_relaxed);
    return {};
  }
  std::memcpy(SharedView(header).text(offset), text, length);
  return {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length)};
}

}  // namespace heaptap::capture
