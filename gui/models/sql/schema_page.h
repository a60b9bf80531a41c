// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::gui {

/// The text of docs/schema.md at the time of the build, in UTF-8.
[[nodiscard]] const char* schemaPage();

}  // namespace heaptap::gui
