// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "gui/models/sites/site.h"
#include "gui/models/sites/stack_model.h"

/// Call sites in words.
namespace heaptap::gui {

/// "malloc", or the name of another heap.
[[nodiscard]] QString heapText(const QString& name, quint32 heap);

/// `1,234 allocations of 3.00 MiB in all`.
[[nodiscard]] QString allocationsText(const Site& site);

/// What the program called, where the blocks come from, and what the allocator gave beyond what was asked
/// for: `by malloc and calloc  ·  over-allocated 1.20 KiB (3.1 %), 340 B of it live`; the share is of what
/// was asked for.
[[nodiscard]] QString originText(const Site& site);

/// The stack of the site; with titles, and the places where its blocks are freed, when these are known.
[[nodiscard]] std::vector<StackSection> siteStacks(const Site& site);

}  // namespace heaptap::gui
