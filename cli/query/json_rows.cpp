// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include "cli/query/row_format.h"
#include "cli/query/value_text.h"
#include "export/json_text.h"

namespace heaptap::cli {
namespace {

/// JSON has no infinity: as JSON.stringify() does it.
std::string jsonNumber(double number) { return std::isfinite(number) ? numberText(number) : "null"; }

std::string jsonValue(const sql::Value& value) {
  struct {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return jsonNumber(number); }
    std::string operator()(std::string_view text) const { return exporting::jsonText(text); }
    std::string operator()(const sql::BlobValue& blob) const {
      return exporting::jsonText(blobText(blob.bytes));
    }
  } constexpr kText;
  return std::visit(kText, value);
}

class JsonRows : public sql::RowSink {
 public:
  explicit JsonRows(exporting::Sink& out) : m_out(out) {}

  void begin(const std::vector<std::string>& columns) override {
    m_keys.clear();
    std::vector<std::string> used;
    for (const std::string& column : columns) {
      // Most readers keep one member of a name only.
      std::string name = column;
      for (int again = 2; std::find(used.begin(), used.end(), name) != used.end(); ++again)
        name = column + "_" + std::to_string(again);
      used.push_back(name);
      m_keys.push_back(exporting::jsonText(name) + ": ");
    }
    m_out.write("[");
    m_isFirstRow = true;
  }

  bool row(std::span<const sql::Value> values) override {
    std::string object = std::exchange(m_isFirstRow, false) ? "\n  {" : ",\n  {";
    for (std::size_t i = 0; i < values.size(); ++i)
      object += (i == 0 ? "" : ", ") + m_keys[i] + jsonValue(values[i]);
    m_out.write(object + "}");
    return !m_out.hasFailed();
  }

  void end() override { m_out.write(m_isFirstRow ? "]\n" : "\n]\n"); }

 private:
  exporting::Sink& m_out;
  std::vector<std::string> m_keys;
  bool m_isFirstRow = true;
};

}  // namespace

std::unique_ptr<sql::RowSink> jsonRows(exporting::Sink& out, bool) { return std::make_unique<JsonRows>(out); }

}  // namespace heaptap::cli
