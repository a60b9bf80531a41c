// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/blocks/blocks_command.h"
#include "client/profile.h"
#include "client/profile_source.h"

/// What the options of `heaptap blocks` ask one session.
namespace heaptap::cli {

struct Addresses {
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};  ///< Not included.
  bool isOne = false;
};
/// `0x7f00`, `0x7f00-0x8000`; empty: all. Errors: Usage.
[[nodiscard]] Result<Addresses> addressesOf(const std::string& words);

/// Whether the answer depends on what the session's ids stand for.
[[nodiscard]] bool needsDefinitions(const BlocksOptions& options);

/// The question to one session. Where no block can be meant, none can have been born: isNone(). `nowNs`: the
/// instant, since its start; `profile`: of it, null where needsDefinitions() says no. Errors: Usage: a time
/// or a filter is wrong; NotFound: no thread of this name.
[[nodiscard]] Result<model::BlockQuery> queryFor(const BlocksOptions& options, const Addresses& addresses,
                                                 std::uint64_t nowNs, const client::Profile* profile);
[[nodiscard]] inline bool isNone(const model::BlockQuery& query) { return query.bornFromNs > query.bornToNs; }

/// What was asked, in words. Empty: all blocks.
[[nodiscard]] std::string filterWords(const BlocksOptions& options);

}  // namespace heaptap::cli
