// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/varint.h"

namespace heaptap::relay {

/// One column of a batch in the making: varints, one after the other. The room is taken once and used again.
class EventColumn {
 public:
  /// The column is empty, and has room for so many entries.
  void begin(std::size_t maxEntries) {
    if (maxEntries > m_room) {
      m_bytes.reset(
          new char[maxEntries * kMaxVarintBytes]);  // Not initialised: most batches fill only the beginning.
      m_room = maxEntries;
    }
    m_end = m_bytes.get();
  }
  /// Precondition: there is room.
  void add(std::uint64_t value) { m_end = putVarint(m_end, value); }
  void addSigned(std::int64_t value) { add(zigzag(value)); }

  /// Puts the column into a message.
  void moveTo(std::string& field) { field.assign(m_bytes.get(), m_end); }

 private:
  std::unique_ptr<char[]> m_bytes;
  std::size_t m_room = 0;
  char* m_end = nullptr;
};

/// Adds entry `at` of a column of bits, the least significant first.
inline void addBit(std::string& bits, std::size_t at, bool value) {
  if (at % 8 == 0) bits.push_back('\0');
  if (value) bits.back() = static_cast<char>(bits.back() | 1 << at % 8);
}

}  // namespace heaptap::relay
