// SPDX-License-Identifier: Apache-2.0
#include "export/report/json_writer.h"

#include <algorithm>

#include "export/report/report_json.h"

namespace heaptap::exporting {

void JsonWriter::begin(char bracket) {
  separate();
  append({&bracket, 1});
  m_needsComma = false;
}

void JsonWriter::end(char bracket) {
  append({&bracket, 1});
  m_needsComma = true;
}

void JsonWriter::key(std::string_view name) {
  append(m_needsComma ? ",\n\"" : "\n\"");
  append(name);
  append("\": ");
  m_needsComma = false;
}

void JsonWriter::text(std::string_view value) {
  const bool isPlain = std::all_of(value.begin(), value.end(),
                                   [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; });
  if (!isPlain) return raw(dumped(std::string(value)));
  separate();
  append("\"");
  append(value);
  append("\"");
}

void JsonWriter::flush() {
  m_out.write(m_buffer);
  m_buffer.clear();
}

}  // namespace heaptap::exporting
