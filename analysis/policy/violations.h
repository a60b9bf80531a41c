// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/comparison/noise.h"
#include "analysis/policy/measured_session.h"
#include "analysis/policy/verdict.h"

namespace heaptap::analysis {

/// The same for the same violation in other builds and runs: of what is checked, and of where it is.
[[nodiscard]] std::string fingerprintOf(const Check& check, const LeakKey& place);

/// The violations of one check, one for each place in the code, in the session in which it is worst.
class ViolationsByPlace {
 public:
  explicit ViolationsByPlace(const Check& check) : m_check(check) {}

  /// Of a number of the whole rule.
  void add(const MeasuredSession& session, std::uint64_t value, std::string message);
  /// One for each leak of a rule (empty: of the whole program). `why` is put behind; may be empty.
  void addLeaks(const MeasuredSession& session, const std::string& rule, const std::string& why);
  /// One for each of them that grows.
  void addGrowing(const MeasuredSession& session, const std::string& rule, const std::string& why);
  void addFindings(const MeasuredSession& session, const std::string& rule);
  /// Of leaks that are not in the baseline, or larger than there by more than noise; nothing where they are
  /// not more than `allowed` bytes together.
  void addNewLeaks(const std::vector<const MeasuredSession*>& sessions,
                   const std::vector<RunMeasures>& baseline, std::uint64_t allowed);

  [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
  /// The worst first.
  [[nodiscard]] std::vector<Violation> take() &&;

 private:
  struct Entry {
    std::uint64_t weight = 0;
    std::string session;  ///< The last that it was met in.
    Violation violation;
  };
  void add(const LeakKey& key, const std::string& more, std::uint64_t weight, Violation violation);

  const Check& m_check;
  std::map<std::pair<LeakKey, std::string>, Entry> m_entries;
};

}  // namespace heaptap::analysis
