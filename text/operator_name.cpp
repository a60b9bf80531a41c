// SPDX-License-Identifier: Apache-2.0
#include "text/operator_name.h"

#include <array>

namespace heaptap {
inline namespace text {
namespace {

constexpr std::string_view kOperator = "operator";

/// Letters, digits, and what is no ASCII: a letter, most likely.
bool isWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::size_t operatorLength(std::string_view name, std::size_t at) {
  static constexpr std::array<std::string_view, 13> kSymbols{"()", "<=>", "<<=", ">>=", "->*", "<<", ">>",
                                                             "<=", ">=",  "->",  "[]",  "<",   ">"};
  if (!name.substr(at).starts_with(kOperator) || (at > 0 && isWord(name[at - 1]))) return 0;
  const std::string_view rest = name.substr(at + kOperator.size());
  for (const std::string_view symbol : kSymbols)
    if (rest.starts_with(symbol)) return kOperator.size() + symbol.size();
  return 0;
}

bool endsInOperator(std::string_view name) {
  if (!name.ends_with(kOperator)) return false;
  return name.size() == kOperator.size() || !isWord(name[name.size() - kOperator.size() - 1]);
}

}  // namespace text
}  // namespace heaptap
