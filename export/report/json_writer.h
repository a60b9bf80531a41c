// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

#include "export/sink.h"

namespace heaptap::exporting {

/// Writes JSON as it comes, a key and a column of a table a line; nothing of it is kept. Commas are put by
/// itself. Threads: one at a time.
class JsonWriter {
 public:
  explicit JsonWriter(Sink& out) : m_out(out) {}
  ~JsonWriter() { flush(); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void beginObject() { begin('{'); }
  void endObject() { end('}'); }
  void beginArray() { begin('['); }
  void endArray() { end(']'); }
  /// On a line of its own: of the report, a table or an object in it.
  void key(std::string_view name);

  /// At the end of the document.
  void endLine() { append("\n"); }

  void null() { raw("null"); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
  void number(Number value) {
    char text[32];
    raw({text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, value).ptr - text)});
  }
  /// Text that is not UTF-8 gets U+FFFD.
  void text(std::string_view value);
  /// Empty is unknown.
  void textOrNull(std::string_view value) { value.empty() ? null() : text(value); }
  /// A value that is JSON already.
  void raw(std::string_view json) {
    separate();
    append(json);
  }

 private:
  void begin(char bracket);
  void end(char bracket);
  void separate() {
    if (m_needsComma) append(",");
    m_needsComma = true;
  }
  void append(std::string_view json) {
    m_buffer += json;
    if (m_buffer.size() >= kBufferBytes) flush();
  }
  void flush();

  static constexpr std::size_t kBufferBytes = 1 << 16;
  Sink& m_out;
  std::string m_buffer;
  bool m_needsComma = false;
};

}  // namespace heaptap::exporting
