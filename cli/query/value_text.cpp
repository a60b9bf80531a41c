// SPDX-License-Identifier: Apache-2.0
#include "cli/query/value_text.h"

#include <charconv>
#include <cmath>
#include <variant>

#include "text/printable.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kMostBlobBytes = 32;

}  // namespace

std::string numberText(double number) {
  if (std::isinf(number)) return number < 0 ? "-Inf" : "Inf";
  char text[32];
  std::string digits(text, std::to_chars(text, text + sizeof text, number).ptr);
  // A whole number that is none of SQL's integers is seen to be one.
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return digits;
}

std::string blobText(std::string_view bytes, std::size_t most) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "x'";
  for (const char c : bytes.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return text + (bytes.size() > most ? "…'" : "'");
}

std::string valueText(const sql::Value& value) {
  struct {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return numberText(number); }
    std::string operator()(std::string_view text) const { return printable(text); }
    std::string operator()(const sql::BlobValue& blob) const { return blobText(blob.bytes, kMostBlobBytes); }
  } constexpr kText;
  return std::visit(kText, value);
}

bool isNumber(const sql::Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

}  // namespace heaptap::cli
