// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::gui {

/// Whether what is not known yet will be.
enum class Coming { Expected, Failed, Cancelled };

}  // namespace heaptap::gui
