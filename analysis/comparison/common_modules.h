// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/profile.h"

namespace heaptap::analysis {

/// The modules of a session by what other builds of the same program have in common.
class CommonModules {
 public:
  struct Module {
    std::string name;        ///< Canonical; empty: none.
    bool isProgram = false;  ///< The executable itself, whatever it is called.
  };

  explicit CommonModules(const client::Profile& profile);

  /// `number` as in model::Frame; of one that is not known, as of 0: none.
  [[nodiscard]] const Module& of(std::uint32_t number) const {
    return m_modules[number < m_modules.size() ? number : 0];
  }

 private:
  std::vector<Module> m_modules;
};

}  // namespace heaptap::analysis
