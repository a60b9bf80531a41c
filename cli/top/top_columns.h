// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/own_code.h"
#include "cli/top/row_selection.h"

namespace heaptap::cli {

/// A column of numbers. Each has the same width.
inline constexpr std::size_t kTopNumberColumns = 11;

/// Which columns there is room for beside the names, in their order; that which is sorted by is among them.
[[nodiscard]] std::vector<TopOrder> columnsFor(const TopPicture& picture, TopOrder order,
                                               std::size_t columns);

[[nodiscard]] std::string_view titleOf(TopOrder order, const TopPicture& picture);
/// The number of a row, for people.
[[nodiscard]] std::string numberOf(const TopRow& row, TopOrder order);

/// `+1.20 MiB`, `-300 B`, and nothing for no change.
[[nodiscard]] std::string signedBytes(double bytes);

/// `parser.cpp:42`; empty: not known.
[[nodiscard]] std::string sourceOf(const client::StackLine& line);

/// What a call site is called in a line: the program's own innermost function, its place in the source, and
/// its callers, as many as there is room for.
struct SiteLabel {
  std::string function;
  std::string rest;
};
[[nodiscard]] SiteLabel labelOf(analysis::OwnCode& own, model::StackId stack, std::size_t columns);

}  // namespace heaptap::cli
