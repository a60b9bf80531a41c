// SPDX-License-Identifier: Apache-2.0
#include "text/function_name.h"

#include <algorithm>

#include "text/operator_name.h"
#include "text/utf8.h"

namespace heaptap {
inline namespace text {
namespace {

constexpr std::string_view kEllipsis = "…";

/// `name` with the content of the template brackets deeper than `depth` replaced.
std::string withoutTemplates(std::string_view name, int depth) {
  std::string result;
  int level = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (const std::size_t length = operatorLength(name, at)) {
      if (level <= depth) result += name.substr(at, length);
      at += length - 1;
      continue;
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
                            !endsInOperator(name.substr(0, at)) && !name.substr(close).starts_with(")::");
    return parameters ? at : std::string_view::npos;
  }
  return std::string_view::npos;
}

/// Position after the bracket that closes the one at `open`; npos when nothing does.
std::size_t closed(std::string_view name, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < name.size(); ++at) {
    const char c = name[at];
    if (const std::size_t length = operatorLength(name, at)) {
      at += length - 1;
    } else if (c == '<' || c == '(' || c == '{' || c == '[') {
      ++depth;
    } else if ((c == '>' && name[at - 1] != '-') || c == ')' || c == '}' || c == ']') {
      if (--depth == 0) return at + 1;
    }
  }
  return std::string_view::npos;
}

/// Without the return type that demanglers give to function templates ("void sort<…>"), and what they say
/// before the name of a thunk. Of other names with blanks nothing may be left out unmarked.
std::string withoutReturnType(const std::string& name, bool hadParameters) {
  const std::size_t end = std::min(name.find("operator"), name.size());
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t at = 0; at < end; ++at) {
    const char c = name[at];
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    if (c == ' ' && depth == 0) start = at + 1;
  }
  const std::string_view rest = std::string_view(name).substr(start);
  const bool isTemplate =
      rest.find('<') != std::string_view::npos || rest.find("operator") != std::string_view::npos;
  const bool isThunk = std::string_view(name).substr(0, start).ends_with(" thunk to ");
  return hadParameters || isTemplate || isThunk ? std::string(rest) : name;
}

/// What stands behind the parameters of a function of C++, and is no part of its name.
bool isBehindParameters(std::string_view rest) {
  for (bool isOne = true; isOne && !rest.empty();) {
    isOne = false;
    for (const std::string_view word : {" const", " volatile", " noexcept", "&", " &", " (.", " [clone ."}) {
      if (!rest.starts_with(word)) continue;
      const bool isClone = word.ends_with('.');  // ` (.cold)`, ` [clone .part.0]`
      const std::size_t end = isClone ? rest.find_first_of(")]") : word.size() - 1;
      if (end == std::string_view::npos) return false;
      rest.remove_prefix(end + 1);
      isOne = true;
    }
  }
  return rest.empty();
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

std::string spokenFunctionName(std::string_view name) {
  const std::size_t lastScope = name.rfind("::");
  bool hasParameters = false;
  std::string spoken;
  for (std::size_t at = 0; at < name.size();) {
    if (const std::size_t length = operatorLength(name, at)) {
      spoken += name.substr(at, length);
      at += length;
      continue;
    }
    const char c = name[at];
    if (c != '<' && c != '(' && c != '{') {
      spoken += c;
      ++at;
      continue;
    }
    const std::size_t end = closed(name, at);
    if (end == std::string_view::npos) return std::string(name);
    const std::string_view group = name.substr(at, end - at);
    const bool isRust = c == '<' && (at == 0 || name[at - 1] == ':');  // `<T as Trait>::f`, `collect::<u8>`
    if (c == '{' || isRust || group == "(anonymous namespace)") {
      spoken += group;
    } else if (c == '<') {
      spoken += "<" + std::string(kEllipsis) + ">";
    } else if (at > 0 && name[at - 1] == ' ') {
      spoken += group;  // `decltype (…) add<…>`, or no name of C++.
    } else if (lastScope == std::string_view::npos || lastScope < end) {
      if (!isBehindParameters(name.substr(end))) return std::string(name);
      hasParameters = true;
      break;
    }
    at = end;
  }
  return spoken == name ? spoken : withoutReturnType(spoken, hasParameters);
}

}  // namespace text
}  // namespace heaptap
