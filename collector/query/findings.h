// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "collector/query/session_view.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// The findings of a session that stand, by their ids, those made most often first.
///
/// The relay compares entry points as the target reported them. A program that has the operators new and
/// delete in two copies (a library with the C++ runtime linked into it) may allocate by one copy, which
/// reports nothing and calls malloc, and free by the other, which reports itself. The stacks tell: such a
/// pair is right, and no finding. Nor is what the relay itself has dismissed by the machine code.
std::vector<std::uint32_t> standingFindings(const SessionView& view);

/// The same as messages for clients.
std::vector<v1::FindingReport> findingReports(const SessionView& view);

}  // namespace heaptap::query
