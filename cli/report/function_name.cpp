// SPDX-License-Identifier: Apache-2.0
#include "cli/report/function_name.h"

#include <algorithm>
#include <array>

#include "cli/text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::string_view kEllipsis = "…";

/// Characters of an operator's symbol at `at` (just behind the word `operator`), which are no brackets.
std::size_t operatorSymbolLength(std::string_view name, std::size_t at) {
  static constexpr std::array<std::string_view, 14> kSymbols{"()", "<=>", "<<=", ">>=", "->*", "<<", ">>",
                                                             "<=", ">=",  "->",  "[]",  "<",   ">",  "="};
  for (const std::string_view symbol : kSymbols)
    if (name.substr(at).starts_with(symbol)) return symbol.size();
  return 0;
}

bool wordEndsAt(std::string_view name, std::size_t at, std::string_view word) {
  if (at < word.size() || name.substr(at - word.size(), word.size()) != word) return false;
  if (at == word.size()) return true;
  const char before = name[at - word.size() - 1];
  return before == ':' || before == ' ' || before == '&' || before == '*';
}

/// `name` with the content of the template brackets deeper than `depth` replaced.
std::string withoutTemplates(std::string_view name, int depth) {
  std::string result;
  int level = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (wordEndsAt(name, at, "operator")) {
      const std::size_t symbol = operatorSymbolLength(name, at);
      if (level <= depth) result += name.substr(at, symbol);
      at += symbol;
      if (at >= name.size()) break;
    }
    const char c = name[at];
    const bool arrow = c == '>' && at > 0 && name[at - 1] == '-';
    if (c == '<' && ++level == depth + 1) result += std::string("<") + std::string(kEllipsis);
    if (c == '<' && level > depth) continue;
    if (c == '>' && !arrow && level > 0 && level-- > depth) {
      if (level == depth) result += '>';
      continue;
    }
    if (level <= depth) result += c;
  }
  return result;
}

int deepestTemplate(std::string_view name) {
  int deepest = 0;
  int level = 0;
  for (const char c : name) {
    if (c == '<') deepest = std::max(deepest, ++level);
    if (c == '>' && level > 0) --level;
  }
  return deepest;
}

/// Where the parameter list starts: the `(` that matches the last `)`. npos when there is none.
std::size_t parametersStart(std::string_view name) {
  const std::size_t close = name.rfind(')');
  if (close == std::string_view::npos) return close;
  int level = 0;
  for (std::size_t at = close + 1; at-- > 0;) {
    if (name[at] == ')') ++level;
    if (name[at] != '(' || --level != 0) continue;
    // `(anonymous namespace)::f` and `operator()` have no parameters there.
    const bool parameters = at > 0 && !name.substr(0, at).ends_with("::") &&
                            !wordEndsAt(name, at, "operator") && !name.substr(close).starts_with(")::");
    return parameters ? at : std::string_view::npos;
  }
  return std::string_view::npos;
}

}  // namespace

std::string shortFunctionName(std::string_view name, std::size_t columns) {
  if (columns == 0 || width(name) <= columns) return std::string(name);
  std::string shorter(name);
  for (int depth = std::min(deepestTemplate(name) - 1, 16); depth >= 0; --depth) {
    shorter = withoutTemplates(name, depth);
    if (width(shorter) <= columns) return shorter;
  }
  if (const std::size_t start = parametersStart(shorter); start != std::string::npos) {
    const std::size_t close = shorter.rfind(')');
    if (close > start + 1) shorter.replace(start + 1, close - start - 1, kEllipsis);
    if (width(shorter) <= columns) return shorter;
  }
  // Drop outer scopes until it fits.
  const std::size_t end = std::min(parametersStart(shorter), shorter.size());
  for (std::size_t scope = shorter.find("::"); scope != std::string::npos && scope < end;
       scope = shorter.find("::", scope + 2)) {
    std::string inner = std::string(kEllipsis) + shorter.substr(scope);
    if (width(inner) <= columns) return inner;
  }
  return std::string(firstColumns(shorter, columns - 1)) + std::string(kEllipsis);
}

}  // namespace heaptap::cli
