// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/canonical_name.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace heaptap::analysis {
namespace {

constexpr std::string_view kLambda = "{lambda}";
constexpr std::string_view kClosure = "{closure}";
constexpr std::string_view kUnnamedType = "{unnamed type}";

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f'); }

std::size_t digitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && isDigit(text[end])) ++end;
  return end - at;
}

/// Length of `{…}` at `at`, with all braces inside it; 0: it does not end.
std::size_t bracedLength(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i + 1 - at;
  }
  return 0;
}

/// What stands for `{…}`: GCC's `{lambda(int)#1}` and `{unnamed type#1}`, Rust's `{closure#0}` and
/// `{{closure}}`.
std::string canonicalBraces(std::string_view braces) {
  if (braces.starts_with("{lambda")) return std::string(kLambda);
  if (braces.find("closure") != std::string_view::npos) return std::string(kClosure);
  const std::size_t number = braces.rfind('#');
  if (number == std::string_view::npos || number + 1 + digitsAt(braces, number + 1) + 1 != braces.size())
    return std::string(braces);
  return std::string(braces.substr(0, number)) + "}";
}

struct Replaced {
  std::size_t length = 0;  ///< Of what is replaced; 0: nothing is.
  std::string by = {};
};

/// Parts in the middle of a name. `at` is where one may begin.
Replaced replacedAt(std::string_view name, std::size_t at) {
  const std::string_view rest = name.substr(at);
  switch (name[at]) {
    case '{': {
      const std::size_t length = bracedLength(name, at);
      return {length, length == 0 ? std::string() : canonicalBraces(name.substr(at, length))};
    }
    case '$':  // clang: `main::$_0`.
      if (rest.starts_with("$_") && digitsAt(name, at + 2) > 0)
        return {2 + digitsAt(name, at + 2), std::string(kLambda)};
      return {};
    case '\'': {  // LLVM's demangler: `'lambda0'(int)`.
      constexpr std::string_view kWord = "'lambda";
      if (!rest.starts_with(kWord)) return {};
      const std::size_t end = kWord.size() + digitsAt(rest, kWord.size());
      if (end >= rest.size() || rest[end] != '\'') return {};
      const std::size_t close = end + 1 < rest.size() && rest[end + 1] == '(' ? rest.find(')', end) : end;
      return close == std::string_view::npos ? Replaced{} : Replaced{close + 1, std::string(kLambda)};
    }
    case '[': {
      const std::size_t close = rest.find(']');
      if (close == std::string_view::npos) return {};
      const std::string_view inside = rest.substr(1, close - 1);
      // A tag of the ABI, or the hash that Rust gives a crate.
      const bool isHash =
          inside.size() >= 13 && inside.size() <= 16 && std::all_of(inside.begin(), inside.end(), isHex);
      if (inside.starts_with("abi:") || isHash) return {close + 1, {}};
      return {};
    }
    case 's':
      for (const std::string_view inlined : {"std::__cxx11::", "std::__1::", "std::__ndk1::"})
        if (rest.starts_with(inlined)) return {inlined.size(), "std::"};
      return {};
    case '>':  // `> >` and `>>` are the same.
      if (rest.starts_with("> >")) return {2, ">"};
      return {};
    default: return {};
  }
}

std::string_view withoutClones(std::string_view name) {
  constexpr std::string_view kClone = " [clone ";
  while (name.ends_with(']')) {
    const std::size_t clone = name.rfind(kClone);
    if (clone == std::string_view::npos) break;
    name = name.substr(0, clone);
  }
  // The same where the name was not demangled, as in C.
  constexpr std::array<std::string_view, 9> kSuffixes{
      ".constprop", ".isra", ".part", ".cold", ".lto_priv", ".llvm", ".localalias", ".warm", ".specialized"};
  std::size_t end = name.size();
  for (const std::string_view suffix : kSuffixes)
    if (const std::size_t found = name.find(suffix); found != std::string_view::npos && found > 0) {
      const std::size_t after = found + suffix.size();
      if (after == name.size() || name[after] == '.') end = std::min(end, found);
    }
  return name.substr(0, end);
}

/// Rust's older names end in `::h` and 16 digits.
std::string_view withoutRustHash(std::string_view name) {
  constexpr std::size_t kDigits = 16;
  constexpr std::string_view kBegin = "::h";
  if (name.size() <= kBegin.size() + kDigits) return name;
  const std::size_t at = name.size() - kDigits - kBegin.size();
  const std::string_view digits = name.substr(at + kBegin.size());
  return name.substr(at, kBegin.size()) == kBegin && std::all_of(digits.begin(), digits.end(), isHex)
             ? name.substr(0, at)
             : name;
}

/// `2.31`, but not the 64 of `x86-64`.
bool isVersion(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return isDigit(c) || c == '.'; });
}

}  // namespace

std::string canonicalName(std::string_view name) {
  name = withoutRustHash(withoutClones(name));
  std::string result;
  result.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    Replaced replaced = replacedAt(name, at);
    if (replaced.length == 0) {
      result += name[at++];
    } else {
      result += replaced.by;
      at += replaced.length;
    }
  }
  return result;
}

std::string unnamedParts(std::string_view name) {
  std::string parts;
  for (std::size_t at = 0; at < name.size();) {
    const Replaced replaced = replacedAt(name, at);
    if (replaced.length == 0) {
      ++at;
      continue;
    }
    if (replaced.by == kLambda || replaced.by == kClosure || replaced.by == kUnnamedType)
      parts += name.substr(at, replaced.length);
    at += replaced.length;
  }
  return parts;
}

std::string withOrdinal(std::string_view canonical, std::uint32_t ordinal) {
  std::string result;
  for (std::size_t at = 0; at < canonical.size();) {
    const std::string_view rest = canonical.substr(at);
    std::size_t length = 0;
    for (const std::string_view unnamed : {kLambda, kClosure, kUnnamedType})
      if (rest.starts_with(unnamed)) length = unnamed.size();
    if (length == 0) {
      result += canonical[at++];
      continue;
    }
    result += rest.substr(0, length - 1);
    result += "#" + std::to_string(ordinal) + "}";
    at += length;
  }
  return result;
}

std::string canonicalModule(std::string_view path) {
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  path = path.substr(path.rfind('/') + 1);
  constexpr std::string_view kLibrary = ".so";
  std::size_t end = path.find(kLibrary);
  while (end != std::string_view::npos && end + kLibrary.size() < path.size() &&
         path[end + kLibrary.size()] != '.')
    end = path.find(kLibrary, end + 1);
  if (end == std::string_view::npos) return std::string(path);
  std::string_view stem = path.substr(0, end);
  const std::size_t dash = stem.rfind('-');
  if (dash != std::string_view::npos && isVersion(stem.substr(dash + 1))) stem = stem.substr(0, dash);
  return std::string(stem) + std::string(kLibrary);
}

}  // namespace heaptap::analysis
