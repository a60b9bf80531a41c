// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::analysis {

/// The file name of a session's program: of its executable, or as it was called where that is not known.
inline std::string programOf(const v1::Summary& summary) {
  std::string path = summary.executable();
  if (path.empty() && !summary.info().command().empty()) path = summary.info().command(0);
  return path.substr(path.rfind('/') + 1);
}

}  // namespace heaptap::analysis
