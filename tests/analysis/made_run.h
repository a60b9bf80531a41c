// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/comparison/comparison.h"
#include "tests/client/profile_builder.h"

namespace heaptap::analysis::test {

/// A run of the program that is put together by hand. Stacks are innermost first.
class MadeRun {
 public:
  MadeRun& leaves(std::uint64_t bytes, const std::vector<std::string>& functions) {
    return leavesAt(bytes, m_builder.stack(functions));
  }
  MadeRun& leavesAt(std::uint64_t bytes, model::StackId stack) {
    m_builder.count({.size = bytes, .stack = stack, .allocations = 1, .live = 1});
    m_live += bytes;
    return *this;
  }
  MadeRun& frees(const std::vector<std::string>& functions) {
    m_builder.count({.size = 8, .stack = m_builder.stack(functions), .allocations = 1});
    return *this;
  }
  client::ProfileBuilder& builder() { return m_builder; }
  [[nodiscard]] ComparedRun done(const std::string& name = "run") {
    m_builder.summary().set_live_bytes(m_live);
    m_builder.summary().set_executable("/usr/bin/program");
    return {.name = name, .profile = m_builder.profile()};
  }

 private:
  client::ProfileBuilder m_builder;
  std::uint64_t m_live = 0;
};

}  // namespace heaptap::analysis::test
