// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "export/sink.h"

namespace heaptap::exporting {

/// Collects small pieces for a sink, which gets them in large ones. Threads: one at a time.
class Writer {
 public:
  explicit Writer(Sink& sink) : m_sink(sink) { m_buffer.reserve(2 * kBufferBytes); }
  ~Writer() { flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& operator<<(std::string_view bytes) {
    m_buffer += bytes;
    if (m_buffer.size() >= kBufferBytes) flush();
    return *this;
  }
  Writer& operator<<(char byte) {
    m_buffer += byte;
    return *this;
  }
  /// In decimal.
  template <class Number>
  requires(std::integral<Number> && !std::same_as<Number, char> && !std::same_as<Number, bool>) Writer&
  operator<<(Number value) {
    char text[24];
    m_buffer.append(text, std::to_chars(text, text + sizeof text, value).ptr);
    return *this;
  }
  Writer& hex(std::uint64_t value) {
    char text[24];
    m_buffer.append(text, std::to_chars(text, text + sizeof text, value, 16).ptr);
    return *this;
  }
  [[nodiscard]] bool hasFailed() const { return m_sink.hasFailed(); }

 private:
  void flush() {
    m_sink.write(m_buffer);
    m_buffer.clear();
  }

  static constexpr std::size_t kBufferBytes = 1 << 16;
  Sink& m_sink;
  std::string m_buffer;
};

}  // namespace heaptap::exporting
