// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// The files of this folder, as they are when heaptap is built.
namespace heaptap::exporting::page {

extern const std::string_view kHtml;  ///< With places `@name@` for the rest.
extern const std::string_view kCss;
extern const std::string_view kJs;

}  // namespace heaptap::exporting::page
