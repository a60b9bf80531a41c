// SPDX-License-Identifier: Apache-2.0
#include "export/report/layout.h"

#include <algorithm>
#include <cctype>

#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {

std::string heading(std::string title, const std::string& explanation, Paint paint) {
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return "\n" + paint(Tone::Strong, title) + (explanation.empty() ? "" : "  " + explanation) + "\n\n";
}

std::string numberLine(std::string_view label, const std::string& value, const std::string& meaning) {
  constexpr std::size_t kSummaryNumberColumns = 14;
  return "  " + padded(label, kLabelColumns) + paddedLeft(value, kSummaryNumberColumns) +
         (meaning.empty() ? "" : "   " + meaning) + "\n";
}

std::string bytesError(double error) {
  return error > 0 ? " ± " + formatBytes(wholeError(error)) : std::string();
}

std::string countError(double error) {
  return error > 0 ? " ± " + formatCount(wholeError(error)) : std::string();
}

std::string wrapped(const std::string& text, const std::string& first, const std::string& rest) {
  std::string result = first;
  std::size_t column = width(first);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (at != 0 && column + 1 + width(word) > kReportColumns) {
      result += "\n" + rest;
      column = width(rest);
    } else if (at != 0) {
      result += " ";
      ++column;
    }
    result += word;
    column += width(word);
    at = end + 1;
  }
  return result + "\n";
}

}  // namespace heaptap::exporting
