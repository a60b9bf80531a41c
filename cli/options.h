// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/leak_rules.h"

/// Options that several commands have, which mean and are called the same in all.
namespace heaptap::cli {

/// `--collector ADDR`, and what says how to be let in there: `--tls-ca FILE`, …, `--token-file FILE`.
CLI::Option* addCollector(CLI::App& app, std::optional<std::string>& collector);

/// `--heap NAME`. `verb`: what the command does with it.
CLI::Option* addHeap(CLI::App& app, std::string& heap, const std::string& verb);

/// The session that is looked at: a file, or with --collector what a collector calls it.
CLI::Option* addSession(CLI::App& app, std::string& session);

/// An option that takes a number of bytes, as people write it: 500M, 2GiB. Never 0.
CLI::Option* addSize(CLI::App& app, const std::string& name, std::uint64_t& bytes,
                     const std::string& description);

/// `--suppressions FILE` and `--no-builtin-suppressions`.
void addSuppressions(CLI::App& app, SuppressionOptions& suppressions);

}  // namespace heaptap::cli
