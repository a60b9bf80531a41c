// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "import/profile_builder.h"

namespace heaptap::importing {

/// Places of a program whose profile has addresses, and at its end what was mapped where, as `/proc/PID/maps`
/// says it. Addresses become those in the files, so that they can be looked up there.
class MappedLibraries {
 public:
  explicit MappedLibraries(ProfileBuilder& profile) : m_profile(profile) {}

  /// `7f10a000-7f10c000 r-xp 00001000 08:01 123 /lib/a.so`. What is no such line is passed over.
  void addLine(std::string_view line);
  /// Names of the code at an address, innermost first.
  void addSymbol(std::uint64_t address, std::vector<ProfileBuilder::Line> lines);
  /// The frame of a call: `address` is the place to which it returns. Precondition: all lines and symbols are
  /// added.
  [[nodiscard]] std::uint32_t frameOf(std::uint64_t address);

 private:
  struct Mapping {
    std::uint64_t end = 0;
    std::string path;
  };
  struct Module {
    std::uint64_t base = 0;  ///< Where its begin is, or would be.
    std::uint64_t end = 0;
    std::uint32_t number = 0;  ///< 0: no frame has been in it.
  };

  ProfileBuilder& m_profile;
  std::map<std::uint64_t, Mapping> m_mappings;  ///< By their begin.
  std::map<std::string, Module, std::less<>> m_modules;
  std::map<std::uint64_t, std::vector<ProfileBuilder::Line>> m_symbols;
  std::map<std::uint64_t, std::uint32_t> m_frames;
};

}  // namespace heaptap::importing
