// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "client/profile.h"

namespace heaptap::gui {

/// How the threads of a profile are called, by index; those of one name by their ids, too.
[[nodiscard]] std::vector<QString> threadNamesOf(const client::Profile& profile);

}  // namespace heaptap::gui
