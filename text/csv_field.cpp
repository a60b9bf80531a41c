// SPDX-License-Identifier: Apache-2.0
#include "text/csv_field.h"

#include <algorithm>
#include <array>

#include "text/printable.h"

namespace heaptap {
inline namespace text {
namespace {

/// What spreadsheets take for the begin of a formula; the last four are those of full width.
constexpr std::array<std::string_view, 8> kFormulaBegins{
    "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

}  // namespace

std::string csvField(std::string_view text) {
  const std::string shown = printable(text);
  const bool isFormula = std::any_of(kFormulaBegins.begin(), kFormulaBegins.end(),
                                     [&shown](std::string_view begin) { return shown.starts_with(begin); });
  std::string field = isFormula ? "\"'" : "\"";
  for (const char c : shown) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

}  // namespace text
}  // namespace heaptap
