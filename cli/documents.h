// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::cli {

/// Texts call a page of the documentation docs/NAME.md, which is where the sources have it. Each becomes
/// FOLDER/NAME.md.
[[nodiscard]] std::string withDocuments(std::string text, const std::string& folder);

/// The same where this program is installed with its pages, which are then in ../share/doc/heaptap from it;
/// and where the current folder has no such page itself. Else the text as it is.
[[nodiscard]] std::string withDocuments(std::string text);

}  // namespace heaptap::cli
