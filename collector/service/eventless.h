// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/error.h"
#include "collector/query/session_view.h"

namespace heaptap::service {

/// What is to be said where a question needs single events, and the session never had any: it was imported,
/// or recorded without them. None: it may have some.
[[nodiscard]] std::optional<Error> eventlessError(const query::SessionView& view);

}  // namespace heaptap::service
