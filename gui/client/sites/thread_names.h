// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "collector/model/definitions.h"

namespace heaptap::gui {

/// How the threads of a session are called, by index; those of one name by their ids, too.
[[nodiscard]] std::vector<QString> threadNamesOf(const model::DefinitionsView& definitions);

}  // namespace heaptap::gui
