// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/threads/thread_matrix.h"

namespace heaptap::gui {

/// Which threads free what which threads allocate. Errors: of the source. Threads: any.
[[nodiscard]] Result<ThreadMatrix> readThreads(client::ProfileSource& source, const std::string& session,
                                               const ThreadWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
