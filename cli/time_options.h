// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "client/filter.h"
#include "client/profile_source.h"

/// Options that say which time of a session, and which of its allocations, are looked at: the same in all
/// commands. docs/time.md.
namespace heaptap::cli {

struct TimeOptions {
  std::string at;  ///< As people write it; empty: not given. Likewise the others.
  std::string from;
  std::string to;
  bool gone = false;
  std::string snapshot;  ///< A name: the same as `at` with it, where no time is called so.

  [[nodiscard]] bool isGiven() const {
    return !at.empty() || !from.empty() || !to.empty() || !snapshot.empty();
  }
};

/// `--at TIME`, `--from TIME`, `--to TIME`, `--gone`, `--snapshot NAME`.
void addTimes(CLI::App& app, TimeOptions& times);

/// `--from TIME`, `--to TIME`, of what happened in between.
void addInterval(CLI::App& app, TimeOptions& times);

/// What the options say of this session. Errors: Usage; NotFound: no such mark; those of the source.
[[nodiscard]] Result<client::When> whenOf(const TimeOptions& times, client::ProfileSource& source,
                                          const std::string& session);
/// The same of one word. Empty: the end.
[[nodiscard]] Result<v1::Instant> instantOf(const std::string& words, client::ProfileSource& source,
                                            const std::string& session);

struct FilterOptions {
  std::string function;  ///< Text, or /a regular expression/; empty: not given. Likewise the next.
  std::string file;
  std::string module;
  std::string size;  ///< `100`, `4K-1M`, `4K-`, `-64`.
  [[nodiscard]] bool isGiven() const {
    return !function.empty() || !file.empty() || !module.empty() || !size.empty();
  }
};

/// `--function`, `--file`, `--module`, `--size`.
void addFilters(CLI::App& app, FilterOptions& filters);

/// Errors: Usage: a size that is none.
[[nodiscard]] Result<client::Filter> filterOf(const FilterOptions& filters);
/// `function parse, size 4K-1M`: what passes. Empty: everything.
[[nodiscard]] std::string wordsFor(const FilterOptions& filters);

}  // namespace heaptap::cli
