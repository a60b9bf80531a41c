// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/source_path.h"

#include <filesystem>

#include "export/labels.h"
#include "text/printable.h"

namespace heaptap::exporting {
namespace fs = std::filesystem;

SourcePath sourcePath(std::string_view file, const std::string& root) {
  constexpr std::size_t kLongestPath = 4096;
  if (file.empty()) return {};
  const fs::path path = fs::path(printable(file.substr(0, kLongestPath))).lexically_normal();
  if (path.is_relative()) return {.path = path.string(), .isRelative = *path.begin() != ".."};
  if (root.empty()) return {.path = path.string()};
  const fs::path relative = path.lexically_relative(fs::path(root).lexically_normal());
  if (relative.empty() || *relative.begin() == "..") return {.path = path.string()};
  return {.path = relative.string(), .isRelative = true};
}

std::string uriPath(std::string_view path) {
  static constexpr std::string_view kPlain = "-._~/";
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         kPlain.find(c) != std::string_view::npos;
    if (isPlain)
      uri += c;
    else
      (uri += '%').append({kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return uri;
}

}  // namespace heaptap::exporting
