// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap::exporting {

/// Where a source file is, for a reader who has the sources below a folder.
struct SourcePath {
  std::string path;         ///< One line of UTF-8; empty: not known.
  bool isRelative = false;  ///< To the folder: it lies below it, or that is not known.
};
/// `root`: absolute, or empty. Nothing is looked up on disk.
[[nodiscard]] SourcePath sourcePath(std::string_view file, const std::string& root);

/// A path as part of a URI (RFC 3986): what is neither a letter, a digit nor one of `-._~/` is %XX.
[[nodiscard]] std::string uriPath(std::string_view path);

}  // namespace heaptap::exporting
