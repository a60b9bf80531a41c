// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace heaptap::gui {

/// A demangled name as one says it: `std::vector<…>::push_back` for
/// `std::vector<int, std::allocator<int> >::push_back(int const&)`. Template arguments become `…`,
/// the parameter list goes; names that do not look like C++ stay as they are.
[[nodiscard]] QString shortFunctionName(const QString& name);

}  // namespace heaptap::gui
