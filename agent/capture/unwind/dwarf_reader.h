// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

namespace heaptap::capture {

/// Pointer encodings of .eh_frame and .eh_frame_hdr (LSB Core, "DWARF Extensions", DW_EH_PE_…).
namespace pointer_encoding {
inline constexpr std::uint8_t kAbsolute = 0x00;
inline constexpr std::uint8_t kUleb128 = 0x01;
inline constexpr std::uint8_t kUdata2 = 0x02;
inline constexpr std::uint8_t kUdata4 = 0x03;
inline constexpr std::uint8_t kUdata8 = 0x04;
inline constexpr std::uint8_t kSleb128 = 0x09;
inline constexpr std::uint8_t kSdata2 = 0x0a;
inline constexpr std::uint8_t kSdata4 = 0x0b;
inline constexpr std::uint8_t kSdata8 = 0x0c;
inline constexpr std::uint8_t kRelativeToPc = 0x10;
inline constexpr std::uint8_t kRelativeToData = 0x30;
inline constexpr std::uint8_t kIndirect = 0x80;
inline constexpr std::uint8_t kOmitted = 0xff;
}  // namespace pointer_encoding

/// Reads DWARF's integers from a piece of memory, and never past its end: a read that does not fit gives
/// zero and sets failed(). Owns nothing.
class DwarfReader {
 public:
  DwarfReader(const std::uint8_t* begin, const std::uint8_t* end) : m_at(begin), m_end(end) {}

  [[nodiscard]] const std::uint8_t* at() const { return m_at; }
  [[nodiscard]] const std::uint8_t* end() const { return m_end; }
  [[nodiscard]] bool atEnd() const { return m_at >= m_end; }
  [[nodiscard]] bool failed() const { return m_failed; }

  template <class T>
  T fixed() {
    T value{};
    if (!room(sizeof(T))) return value;
    std::memcpy(&value, m_at, sizeof(T));
    m_at += sizeof(T);
    return value;
  }

  std::uint64_t uleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = fixed<std::uint8_t>();
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
  }

  std::int64_t sleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;;) {
      const auto byte = fixed<std::uint8_t>();
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      shift += 7;
      if ((byte & 0x80) == 0) {
        if (shift < 64 && (byte & 0x40) != 0) value |= ~std::uint64_t{0} << shift;
        return static_cast<std::int64_t>(value);
      }
    }
  }

  /// A pointer in the given encoding; `dataBase` is what DW_EH_PE_datarel refers to. Indirect pointers are
  /// not followed: none of the fields that capture reads uses them.
  std::uint64_t encoded(std::uint8_t encoding, std::uint64_t dataBase) {
    using namespace pointer_encoding;
    const auto place = reinterpret_cast<std::uintptr_t>(m_at);
    std::uint64_t value = 0;
    switch (encoding & 0x0F) {
      case kAbsolute:
      case kUdata8:
      case kSdata8: value = fixed<std::uint64_t>(); break;
      case kUleb128: value = uleb(); break;
      case kSleb128: value = static_cast<std::uint64_t>(sleb()); break;
      case kUdata2: value = fixed<std::uint16_t>(); break;
      case kUdata4: value = fixed<std::uint32_t>(); break;
      case kSdata2: value = static_cast<std::uint64_t>(std::int64_t{fixed<std::int16_t>()}); break;
      case kSdata4: value = static_cast<std::uint64_t>(std::int64_t{fixed<std::int32_t>()}); break;
      default: m_failed = true; return 0;
    }
    switch (encoding & 0x70) {
      case 0: return value;
      case kRelativeToPc: return value + place;
      case kRelativeToData: return value + dataBase;
      default: m_failed = true; return 0;
    }
  }

  void skip(std::uint64_t bytes) {
    if (room(bytes)) m_at += bytes;
  }

 private:
  bool room(std::uint64_t bytes) {
    if (bytes <= static_cast<std::uint64_t>(m_end - m_at)) return true;
    m_failed = true;
    m_at = m_end;
    return false;
  }

  const std::uint8_t* m_at;
  const std::uint8_t* m_end;
  bool m_failed = false;
};

}  // namespace heaptap::capture
