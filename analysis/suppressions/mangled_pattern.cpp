// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/mangled_pattern.h"

#include <algorithm>
#include <cstddef>

namespace heaptap::analysis {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads the names out of a mangled pattern, as far as it can.
class Reader {
 public:
  explicit Reader(std::string_view rest) : m_rest(rest) {}

  std::vector<std::string> globs() {
    read();
    if (!m_tail.empty()) return {m_prefix + m_name + m_tail + (m_tail.ends_with('*') ? "" : "*")};
    if (m_name.empty()) return m_isOpen ? std::vector<std::string>{"*"} : std::vector<std::string>();
    if (m_isOpen) return {m_prefix + m_name + "*"};
    return {m_prefix + m_name, m_prefix + m_name + "(*", m_prefix + m_name + "<*", m_prefix + m_name + "[*"};
  }

 private:
  void read() {
    if (take("L")) {
    }
    const bool isNested = take("N");
    while (isNested && !m_rest.empty() &&
           std::string_view("rVKRO").find(m_rest.front()) != std::string_view::npos)
      m_rest.remove_prefix(1);
    while (!m_rest.empty() && step()) {
    }
    if (m_rest.empty() && isNested && !m_isEnded) m_isOpen = true;
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
        m_isOpen = true;
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
  std::string m_tail;      ///< The rest of the pattern, where it is no mangling.
  bool m_isOpen = false;   ///< More of the name may follow.
  bool m_isEnded = false;  ///< The name has ended.
};

}  // namespace

std::vector<std::string> demangledGlobs(std::string_view pattern) {
  if (!pattern.starts_with("_Z")) return {};
  return Reader(pattern.substr(2)).globs();
}

}  // namespace heaptap::analysis
