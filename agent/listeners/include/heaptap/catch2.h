// SPDX-License-Identifier: Apache-2.0
#pragma once

// Fails each test case of Catch2 that leaks: versions 2.13 and 3. Include this in one source of the tests, in
// version 2 before <catch2/catch.hpp>, and run them with `heaptap run -- ./tests`. Without heaptap it does
// nothing.

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#else
#ifndef CATCH_CONFIG_EXTERNAL_INTERFACES
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#endif
#include <catch2/catch.hpp>
#ifndef CATCH_REGISTER_LISTENER
#error "include <heaptap/catch2.h> before <catch2/catch.hpp>"
#endif
#endif

#include <heaptap/leak_check.h>

#include <cstdio>
#include <string>

namespace heaptap {

#if __has_include(<catch2/catch_test_macros.hpp>)
using Catch2Listener = Catch::EventListenerBase;
#else
using Catch2Listener = Catch::TestEventListenerBase;
#endif

/// A test case runs once for each of its innermost sections; each of these runs is a span. One that has
/// failed is not asked: it may have returned before it could free something.
class Catch2LeakListener : public Catch2Listener {
 public:
  using Catch2Listener::Catch2Listener;

  void sectionStarting(const Catch::SectionInfo&) override {
    // The first section of each run is the test case itself.
    if (m_depth++ == 0 && isFirst()) m_check.begin();
  }

  void sectionEnded(const Catch::SectionStats& stats) override {
    if (--m_depth != 0 || !isFirst()) return;
    const std::string leaks = m_check.end();
    tell(stats, leaks);
  }

 private:
  /// Where the header is included in several sources, each has registered one.
  bool isFirst() const {
    static const Catch2LeakListener* const first = this;
    return first == this;
  }

  __attribute__((noinline)) void tell(const Catch::SectionStats& stats, const std::string& leaks) {
    if (!leaks.empty() && stats.assertions.failed == 0) {
#ifdef CATCH_CONFIG_PREFIX_ALL
      CATCH_FAIL_CHECK(leaks);
#else
      FAIL_CHECK(leaks);
#endif
    }
    if (m_check.obstacle().empty() || m_isObstacleTold) return;
    m_isObstacleTold = true;
    std::fprintf(stderr, "heaptap: not known whether tests leak: %s\n", m_check.obstacle().c_str());
  }

  LeakCheck m_check;
  int m_depth = 0;
  bool m_isObstacleTold = false;
};

}  // namespace heaptap

namespace {
using HeaptapLeakListener = heaptap::Catch2LeakListener;
}
CATCH_REGISTER_LISTENER(HeaptapLeakListener)
