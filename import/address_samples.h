// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "import/heap_sample.h"
#include "import/mapped_libraries.h"

namespace heaptap::importing {

/// The samples of a heap profile in text, whose stacks are addresses: what they are in is known at its end
/// only. Owns: nothing of the text, which outlives it.
class AddressSamples {
 public:
  explicit AddressSamples(ProfileBuilder& profile) : m_profile(profile), m_libraries(profile) {}

  /// `addresses`: `0x12 0x34 …`, innermost first. `line`: where it is in the text.
  void add(std::uint64_t line, const HeapSample& sample, std::string_view addresses) {
    m_samples.push_back({line, sample, addresses});
  }
  [[nodiscard]] MappedLibraries& libraries() { return m_libraries; }

  /// Counts all of them, when the text has been read. `period`: see unsampled().
  /// Errors: Corrupt: a number that cannot be, with its line.
  [[nodiscard]] Result<void> count(const std::string& where, std::uint64_t period);

 private:
  struct Sample {
    std::uint64_t line;
    HeapSample sample;
    std::string_view addresses;
  };
  std::uint32_t stackOf(std::string_view addresses);

  ProfileBuilder& m_profile;
  MappedLibraries m_libraries;
  std::vector<Sample> m_samples;
};

}  // namespace heaptap::importing
