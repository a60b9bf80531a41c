// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/mangled_pattern.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "text/function_name.h"

namespace heaptap::analysis {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// How calls of lambdas are mangled, behind the function that they are in, and said.
struct Lambdas {
  std::string_view mangled;
  std::string_view spoken;
};
constexpr std::array<Lambdas, 2> kLambdas{
    {{"*Ul*E*clE*", "*{lambda(*}::operator()*"}, {"*$_*clE*", "*$_*::operator()*"}}};

/// Reads the names out of a mangled pattern, as far as it can.
class Reader {
 public:
  explicit Reader(std::string_view rest) : m_rest(rest) {}

  std::vector<std::string> globs() {
    read();
    if (!m_tail.empty()) return {m_prefix + m_name + m_tail + (m_tail.ends_with('*') ? "" : "*")};
    if (m_name.empty()) return m_isOpen ? std::vector<std::string>{"*"} : std::vector<std::string>();
    std::vector<std::string> globs;
    // The name begins with a whole part: behind a scope, a return type, or nothing.
    for (const char* before : {"", "*::", "* "}) {
      for (const char* behind : {"", "(*", "<*", "[*"})
        if (!m_isOpen || *behind == 0) globs.push_back(before + m_name + (m_isOpen ? "*" : behind));
      if (m_prefix.empty()) break;
    }
    return globs;
  }

 private:
  void read() {
    if (take("L")) {
    }
    m_isNested = take("N");
    while (m_isNested && !m_rest.empty() &&
           std::string_view("rVKRO").find(m_rest.front()) != std::string_view::npos)
      m_rest.remove_prefix(1);
    while (!m_rest.empty() && step()) {
    }
    if (m_rest.empty() && m_isNested && !m_isEnded && m_tail.empty()) m_isOpen = true;
  }

  /// One part of a nested name; false: the rest says nothing about the name.
  bool step() {
    if (isDigit(m_rest.front())) return identifier();
    if (take("St")) return add("std");
    if (take("12_GLOBAL__N_1")) return add("(anonymous namespace)");
    if (take("C1") || take("C2") || take("C3")) return add(m_last);
    if (take("D0") || take("D1") || take("D2")) return add("~" + m_last);
    if (take("*")) {
      if (m_rest.empty()) {
        // Names say how long they are: behind a whole one that is in no scope, only parameters follow.
        m_isOpen = m_isNested || m_name.empty();
        return false;
      }
      if (!isDigit(m_rest.front())) {  // `_ZN*Font*`: a part of a name.
        m_tail = "*" + std::string(m_rest);
        return false;
      }
      // `_ZN*3app4readE*`: what was left out before a name may be its scope.
      m_prefix = "*";
      return true;
    }
    if (take("I")) {  // Template arguments: the demangler puts the return type in front.
      m_prefix = "*";
      m_isOpen = true;
      return false;
    }
    m_isEnded = true;  // E, or the parameters of what is not nested.
    return false;
  }

  bool identifier() {
    std::size_t length = 0;
    while (!m_rest.empty() && isDigit(m_rest.front()) && length < 4096) {
      length = length * 10 + static_cast<std::size_t>(m_rest.front() - '0');
      m_rest.remove_prefix(1);
    }
    std::string_view name = m_rest.substr(0, length);
    const auto wildcard = name.find_first_of("*?");
    name = name.substr(0, wildcard);
    m_rest.remove_prefix(name.size());
    const bool isWhole = name.size() == length;
    add(std::string(name == "_GLOBAL__N_1" ? "(anonymous namespace)" : name));
    if (!isWhole) m_isOpen = true;
    return isWhole;
  }

  bool add(const std::string& name) {
    m_name += (m_name.empty() ? "" : "::") + name;
    m_last = name;
    return true;
  }
  bool take(std::string_view text) {
    if (!m_rest.starts_with(text)) return false;
    m_rest.remove_prefix(text.size());
    return true;
  }

  std::string_view m_rest;
  std::string m_prefix;
  std::string m_name;
  std::string m_last;
  std::string m_tail;  ///< The rest of the pattern, where it is no mangling.
  bool m_isNested = false;
  bool m_isOpen = false;   ///< More of the name may follow.
  bool m_isEnded = false;  ///< The name has ended.
};

}  // namespace

std::vector<std::string> demangledGlobs(std::string_view pattern) {
  if (!pattern.starts_with("_Z")) return {};
  for (const Lambdas& each : kLambdas)
    if (pattern.starts_with("_Z*") && pattern.ends_with(each.mangled))
      return {std::string(pattern.substr(2, pattern.size() - 2 - each.mangled.size())) +
              std::string(each.spoken)};
  return Reader(pattern.substr(2)).globs();
}

std::string mangledLambdaGlob(std::string_view function, bool isOfClang) {
  return "_Z*" + std::string(function) + std::string(kLambdas[isOfClang ? 1 : 0].mangled);
}

std::string mangledGlob(std::string_view function) {
  if (function.find('(') == std::string_view::npos) return {};
  const std::string spoken = spokenFunctionName(function);
  std::string glob;
  std::size_t parts = 0;
  for (std::string_view rest = spoken; !rest.empty(); ++parts) {
    const std::size_t end = std::min(rest.find("::"), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const bool isName = !part.empty() && !isDigit(part.front()) && part != "std" &&
                        std::all_of(part.begin(), part.end(), [](char c) {
                          return isDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                        });
    const std::string name = std::to_string(part.size()) + std::string(part);
    // Templates, operators, constructors: mangled in ways that a pattern cannot say well.
    if (!isName || part.starts_with("operator") || glob.ends_with(name)) return {};
    glob += name;
  }
  return parts == 0 ? std::string() : parts == 1 ? "_Z*" + glob + "*" : "_ZN*" + glob + "E*";
}

}  // namespace heaptap::analysis
