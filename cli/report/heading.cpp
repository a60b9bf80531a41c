// SPDX-License-Identifier: Apache-2.0
#include "cli/report/heading.h"

#include <algorithm>
#include <cctype>

namespace heaptap::cli {

std::string heading(std::string title, const std::string& explanation) {
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return "\n" + title + (explanation.empty() ? "" : "  " + explanation) + "\n\n";
}

}  // namespace heaptap::cli
