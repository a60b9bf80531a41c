// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// The files of this folder that pages are made of, as they are when heaptap is built.
namespace heaptap::exporting::page {

/// By file name: `page.css`. Precondition: there is such a part.
[[nodiscard]] std::string_view part(std::string_view name);

}  // namespace heaptap::exporting::page
