// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/top/top_picture.h"

namespace heaptap::cli {

/// What call sites are sorted by, most first.
enum class TopOrder : std::uint8_t { Live, Blocks, Change, Growth, Rate, Peak, Allocations };

struct TopOrderWords {
  TopOrder order;
  std::string_view name;  ///< `--sort NAME`.
  char key;               ///< That chooses it in the terminal, where there are such numbers.
};
/// In the order of their columns.
inline constexpr std::array kTopOrders{
    TopOrderWords{TopOrder::Live, "live", 'l'},
    TopOrderWords{TopOrder::Blocks, "blocks", 'b'},
    TopOrderWords{TopOrder::Change, "change", 'c'},
    TopOrderWords{TopOrder::Growth, "growth", 'g'},
    TopOrderWords{TopOrder::Rate, "rate", 'a'},
    TopOrderWords{TopOrder::Peak, "peak", 'p'},
    TopOrderWords{TopOrder::Allocations, "allocations", 'a'},
};
[[nodiscard]] std::string_view nameOf(TopOrder order);

/// Those that a picture has numbers for: while a session is live, how it changes.
[[nodiscard]] std::span<const TopOrder> ordersOf(const TopPicture& picture);
/// `order`, or where the picture has no such numbers the first that it has.
[[nodiscard]] TopOrder possibleOrder(const TopPicture& picture, TopOrder order);

/// The rows whose stacks have `text` in the name of a function, a module or a source file (upper and lower
/// case are the same unless it has an upper one; empty: all), sorted. Rows of which all that is shown is zero
/// are left out. Positions in the picture.
[[nodiscard]] std::vector<std::uint32_t> selectRows(const TopPicture& picture, TopOrder order,
                                                    std::string_view text);

}  // namespace heaptap::cli
