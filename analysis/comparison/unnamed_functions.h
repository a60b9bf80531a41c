// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/profile.h"

namespace heaptap::analysis {

/// Tells apart the lambdas (closures, members of unnamed types) of one function in several sessions, by the
/// order in which the source has them: numbers and lines of theirs are of one build.
///
///     session 1: main::{lambda(int)#1}::operator()  line 10     session 2: main::$_4::operator()  line 31 ─►
///     1
///                main::{lambda(int)#2}::operator()  line 12                main::$_5::operator()  line 33 ─►
///                2
///
/// Only where every session that has one of them has as many: of two and three, none is known to be the same,
/// and all are one function. Threads: one at a time.
class UnnamedFunctions {
 public:
  /// From 1. A function that is not there is not told apart.
  using Ordinals = absl::flat_hash_map<client::FunctionId, std::uint32_t>;

  void add(const client::Profile& profile);
  /// Of each session, in the order in which they were added.
  [[nodiscard]] std::vector<Ordinals> ordinals() const;

 private:
  /// One of the lambdas, in one session: functions that differ in parameters, or in what surrounds them.
  struct Lambda {
    std::vector<client::FunctionId> functions;
    std::string file;
    std::uint32_t line = 0;  ///< The first that is known of it; 0: none.
  };
  /// By the parts of the names that the compiler has made. Of the symbols or of the debug information, which
  /// number them differently.
  using Lambdas = std::map<std::string, Lambda>;
  struct Alike {
    std::size_t session = 0;
    Lambdas lambdas;
  };

  static bool order(const Lambdas& lambdas, std::vector<const Lambda*>& ordered);
  void addLines(const client::Profile& profile,
                const absl::flat_hash_map<client::FunctionId, Lambda*>& lambdas);

  std::size_t m_sessions = 0;
  /// By module and name without numbers and parameters.
  std::map<std::pair<std::string, std::string>, std::vector<Alike>> m_groups;
};

}  // namespace heaptap::analysis
