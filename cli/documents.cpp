// SPDX-License-Identifier: Apache-2.0
#include "cli/documents.h"

#include <cctype>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>
#include <utility>

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPages = "docs/";
constexpr std::string_view kPageEnd = ".md";

bool isInWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; }

/// Replaces each docs/NAME.md, which is no part of a longer path, by what `path(NAME.md)` returns; empty: it
/// stays.
std::string replaced(std::string text, const std::function<std::string(const std::string&)>& path) {
  for (std::size_t at = text.find(kPages); at != std::string::npos; at = text.find(kPages, at)) {
    std::size_t end = at + kPages.size();
    while (end < text.size() && isInWord(text[end])) ++end;
    const bool isInPath = at > 0 && (isInWord(text[at - 1]) || text[at - 1] == '/' || text[at - 1] == '.');
    if (isInPath || end == at + kPages.size() || text.compare(end, kPageEnd.size(), kPageEnd) != 0) {
      at = end;
      continue;
    }
    end += kPageEnd.size();
    const std::string found = path(text.substr(at + kPages.size(), end - at - kPages.size()));
    if (!found.empty()) text.replace(at, end - at, found);
    at += found.empty() ? end - at : found.size();
  }
  return text;
}

/// Empty where the program cannot know where it is.
const fs::path& installedFolder() {
  static const fs::path folder = [] {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path() : (program.parent_path() / "../share/doc/heaptap").lexically_normal();
  }();
  return folder;
}

}  // namespace

std::string withDocuments(std::string text, const std::string& folder) {
  return replaced(std::move(text), [&folder](const std::string& page) { return folder + "/" + page; });
}

std::string withDocuments(std::string text) {
  return replaced(std::move(text), [](const std::string& page) -> std::string {
    std::error_code ignored;
    const fs::path& folder = installedFolder();
    const fs::path file = folder / page;
    if (folder.empty() || fs::exists(fs::path(kPages) / page, ignored) || !fs::exists(file, ignored))
      return {};
    return file.string();
  });
}

}  // namespace heaptap::cli
