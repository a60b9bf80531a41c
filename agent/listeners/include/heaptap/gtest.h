// SPDX-License-Identifier: Apache-2.0
#pragma once

// Fails each test of GoogleTest that leaks. Include this in one source of the tests, which needs nothing
// else, and run them with `heaptap run -- ./tests`. Without heaptap it does nothing.

#include <gtest/gtest.h>
#include <heaptap/leak_check.h>

#include <cstdio>
#include <string>

namespace heaptap {

/// The span of a test is from before its fixture is made until it is destroyed. A test that has failed is not
/// asked: it may have returned before it could free something.
class GTestLeakListener : public ::testing::EmptyTestEventListener {
 public:
  void OnTestStart(const ::testing::TestInfo&) override { m_check.begin(); }

  void OnTestEnd(const ::testing::TestInfo& test) override {
    const std::string leaks = m_check.end();
    tell(test, leaks);
  }

  /// Adds one to the program's listeners, at the first call only.
  static bool install() {
    static const bool installed = [] {
      ::testing::UnitTest::GetInstance()->listeners().Append(new GTestLeakListener);
      return true;
    }();
    return installed;
  }

 private:
  __attribute__((noinline)) void tell(const ::testing::TestInfo& test, const std::string& leaks) {
    if (!leaks.empty() && !test.result()->Failed()) ADD_FAILURE_AT(test.file(), test.line()) << leaks;
    if (!m_check.fault().empty() && !m_isFaultTold) {
      m_isFaultTold = true;
      std::fprintf(stderr, "heaptap: %s\n", m_check.fault().c_str());
    }
    if (m_check.obstacle().empty() || m_isObstacleTold) return;
    m_isObstacleTold = true;
    std::fprintf(stderr, "heaptap: not known whether tests leak: %s\n", m_check.obstacle().c_str());
  }

  LeakCheck m_check;
  bool m_isObstacleTold = false;
  bool m_isFaultTold = false;
};

namespace {
const bool kGTestLeakListener __attribute__((unused)) = GTestLeakListener::install();
}

}  // namespace heaptap
