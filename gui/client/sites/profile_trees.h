// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "client/profile.h"
#include "client/stack_costs.h"
#include "gui/models/trees/cost_tree.h"
#include "gui/models/trees/function_label.h"

/// Trees of calls for the viewer, made from those of the client library. Functions have the numbers of the
/// profile's client::FunctionId.
/// Threads: any, but where NameTexts are handed over.
namespace heaptap::gui {

class NameTexts;

/// From the outermost functions inwards. Null: it was to stop.
[[nodiscard]] CostTreePtr topDownTree(const client::Profile& profile, const client::StackCosts& costs,
                                      const std::stop_token& stop);

/// So many nodes of a bottom-up tree are made: the same callers appear below each function that they call,
/// so that a large session has millions.
inline constexpr std::size_t kMostBottomUpNodes = 1'000'000;

/// From the functions that allocate outwards. The largest nodes are followed first; those that nothing is
/// left for are cut. Null: it was to stop.
[[nodiscard]] CostTreePtr bottomUpTree(const client::Profile& profile, const client::StackCosts& costs,
                                       const std::stop_token& stop, std::size_t most = kMostBottomUpNodes);

/// By function: whether its name or its module's path contains the text, in any case. Empty: it was to stop.
[[nodiscard]] std::vector<bool> functionsWith(const client::Profile& profile, const QString& text,
                                              const std::stop_token& stop);

/// What is said of a function; of a number that is none, and of CostTree::kNoFunction: of the whole program.
[[nodiscard]] FunctionLabel functionLabel(const client::Profile& profile, std::uint32_t function,
                                          NameTexts& texts);

}  // namespace heaptap::gui
