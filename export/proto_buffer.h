// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heaptap::exporting {

/// A message of protocol buffers as it is put together, field by field: formats of other programs, of which a
/// few fields are written. Fields that are 0 or empty may be left out.
class ProtoBuffer {
 public:
  void number(std::uint32_t field, std::uint64_t value) {
    varint(std::uint64_t{field} << 3);
    varint(value);
  }
  void text(std::uint32_t field, std::string_view bytes) {
    varint((std::uint64_t{field} << 3) | 2);
    varint(bytes.size());
    m_bytes += bytes;
  }
  void message(std::uint32_t field, const ProtoBuffer& inner) { text(field, inner.m_bytes); }
  void packed(std::uint32_t field, const std::vector<std::uint64_t>& values) {
    std::size_t size = 0;
    for (const std::uint64_t value : values) size += varintBytes(value);
    varint((std::uint64_t{field} << 3) | 2);
    varint(size);
    for (const std::uint64_t value : values) varint(value);
  }

  /// All fields of another message.
  void append(const ProtoBuffer& other) { m_bytes += other.m_bytes; }

  [[nodiscard]] std::string_view bytes() const { return m_bytes; }
  void clear() { m_bytes.clear(); }

 private:
  static std::size_t varintBytes(std::uint64_t value) {
    std::size_t bytes = 1;
    for (; value > 0x7F; value >>= 7) ++bytes;
    return bytes;
  }
  void varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7) m_bytes += static_cast<char>((value & 0x7F) | 0x80);
    m_bytes += static_cast<char>(value);
  }

  std::string m_bytes;
};

}  // namespace heaptap::exporting
