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
  explicit EventColumn(std::size_t maxEntries)
      : m_bytes(new char[maxEntries * kMaxVarintBytes]), m_end(m_bytes.get()) {}

  /// Precondition: fewer than `maxEntries` were added since the last moveTo.
  void add(std::uint64_t value) { m_end = putVarint(m_end, value); }
  void addSigned(std::int64_t value) { add(zigzag(value)); }

  /// Puts the column into a message, and begins the next one.
  void moveTo(std::string& field) {
    field.assign(m_bytes.get(), m_end);
    m_end = m_bytes.get();
  }

 private:
  std::unique_ptr<char[]> m_bytes;  // Not initialised: most processes fill only the beginning.
  char* m_end;
};

}  // namespace heaptap::relay
