// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "client/files/file_source.h"

namespace heaptap::cli {

/// The other sessions of the same run whose files lie beside `file`, one a line: descendants of COMMAND and
/// the images it became. Empty when there are none.
[[nodiscard]] std::string runTreeText(client::FileSource& source, const v1::Summary& summary,
                                      const std::filesystem::path& file);

}  // namespace heaptap::cli
