// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/profile.h"
#include "client/when.h"

/// Options that say which blocks are looked at, by what only the events tell: the same in all commands.
/// docs/time.md.
namespace heaptap::cli {

struct BlockFilterOptions {
  std::string thread;    ///< A name or a thread id; empty: not given. Likewise the next.
  std::string lifetime;  ///< `10s-`, `-1ms`, `1ms-1s`.

  [[nodiscard]] bool isGiven() const { return !thread.empty() || !lifetime.empty(); }
};

/// `--thread THREAD`.
CLI::Option* addThread(CLI::App& app, std::string& thread);
/// `--lifetime TIMES`.
CLI::Option* addLifetime(CLI::App& app, std::string& lifetime);

/// All threads of a name or an id. Empty: none is asked for. Errors: NotFound.
[[nodiscard]] Result<std::vector<model::ThreadIndex>> threadsCalled(const std::string& words,
                                                                    const client::Profile& profile);
/// A range of lifetimes, both ends included. Empty: all. Errors: Usage: it is none.
[[nodiscard]] Result<void> readLifetime(const std::string& words, model::BlockChoice& choice);
/// `profile`: of the session, which has its threads. Errors: those of the two.
[[nodiscard]] Result<model::BlockChoice> choiceOf(const BlockFilterOptions& filters,
                                                  const client::Profile& profile);
/// Adds `thread main, lifetime 10s-` to the words on other filters.
void addWords(const BlockFilterOptions& filters, std::string& words);

}  // namespace heaptap::cli
