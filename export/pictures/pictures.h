// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "export/labels.h"
#include "export/pruned_tree.h"
#include "export/subject.h"

/// What pictures of a call tree have in common.
namespace heaptap::exporting {

/// `app.heaptap: bytes at the peak, 1.21 MiB`, and what must be known of the numbers.
[[nodiscard]] std::string titleOf(const Subject& subject, std::uint64_t sum);

/// `4,096 bytes` or `12 allocations`.
[[nodiscard]] std::string amount(std::uint64_t cost, Cost of);

/// The name of a node: of its function; of the root, the program's; `[12 smaller functions]`.
[[nodiscard]] std::string nodeLabel(const Subject& subject, const FunctionLabels& labels,
                                    const PrunedTree::Node& node);

/// `text` between the tags, or in an attribute, of XML and HTML.
[[nodiscard]] std::string xmlText(std::string_view text);

}  // namespace heaptap::exporting
