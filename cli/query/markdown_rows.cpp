// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <variant>

#include "cli/query/row_format.h"
#include "cli/query/value_text.h"
#include "text/printable.h"

namespace heaptap::cli {
namespace {

/// What Markdown or HTML would take for something else is escaped (CommonMark, "Backslash escapes").
std::string escaped(const std::string& shown) {
  static constexpr std::string_view kSpecial = "\\`*_[]<>|#&~";
  std::string text;
  for (const char c : shown) {
    if (kSpecial.find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

class MarkdownRows : public sql::RowSink {
 public:
  explicit MarkdownRows(exporting::Sink& out) : m_out(out) {}

  void begin(const std::vector<std::string>& columns) override {
    m_names = columns;
    if (!std::exchange(m_isFirst, false)) m_out.write("\n");
    m_isHeadWritten = false;
  }

  bool row(std::span<const sql::Value> values) override {
    writeHead(values);
    std::string line = "|";
    for (const sql::Value& value : values) line += " " + escaped(valueText(value)) + " |";
    m_out.write(line + "\n");
    return !m_out.hasFailed();
  }

  void end() override { writeHead({}); }

 private:
  /// Numbers stand to the right: the first row tells.
  void writeHead(std::span<const sql::Value> values) {
    if (std::exchange(m_isHeadWritten, true)) return;
    std::string names = "|";
    std::string rule = "|";
    for (std::size_t i = 0; i < m_names.size(); ++i) {
      names += " " + escaped(printable(m_names[i])) + " |";
      rule += i < values.size() && isNumber(values[i]) ? "---:|" : "---|";
    }
    m_out.write(names + "\n" + rule + "\n");
  }

  exporting::Sink& m_out;
  std::vector<std::string> m_names;
  bool m_isFirst = true;
  bool m_isHeadWritten = false;
};

}  // namespace

std::unique_ptr<sql::RowSink> markdownRows(exporting::Sink& out, bool) {
  return std::make_unique<MarkdownRows>(out);
}

}  // namespace heaptap::cli
