// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <variant>

#include "cli/query/row_format.h"
#include "cli/query/value_text.h"
#include "text/csv_field.h"

namespace heaptap::cli {
namespace {

class CsvRows : public sql::RowSink {
 public:
  explicit CsvRows(exporting::Sink& out) : m_out(out) {}

  void begin(const std::vector<std::string>& columns) override {
    std::string line;
    for (const std::string& name : columns) line += (line.empty() ? "" : ",") + csvField(name);
    m_out.write(line + "\r\n");
  }

  bool row(std::span<const sql::Value> values) override {
    std::string line;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) line += ',';
      const sql::Value& value = values[i];
      if (const auto* const text = std::get_if<std::string_view>(&value))
        line += csvField(*text);
      else if (const auto* const blob = std::get_if<sql::BlobValue>(&value))
        line += blobText(blob->bytes);
      else if (isNumber(value))
        line += valueText(value);
    }
    m_out.write(line + "\r\n");
    return !m_out.hasFailed();
  }

  void end() override {}

 private:
  exporting::Sink& m_out;
};

}  // namespace

std::unique_ptr<sql::RowSink> csvRows(exporting::Sink& out, bool) { return std::make_unique<CsvRows>(out); }

}  // namespace heaptap::cli
