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

#include <cstddef>
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

  void sectionStarting(const Catch::SectionInfo& section) override {
    // The first section of each run is the test case itself.
    if (m_depth++ == 0)
      m_sections.clear();
    else
      m_sections += (m_sections.empty() ? "" : " / ") + section.name;
    m_file = section.lineInfo.file;
    m_line = section.lineInfo.line;
    if (m_depth == 1 && isFirst()) m_check.begin();
  }

  void sectionEnded(const Catch::SectionStats& stats) override {
    if (--m_depth != 0 || !isFirst()) return;
    std::string leaks = m_check.end();
    if (!leaks.empty() && !m_sections.empty())
      leaks.insert(leaks.find('\n'), ", in section \"" + m_sections + "\"");
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
      // As FAIL_CHECK does, but at the line of the section that has run.
      Catch::AssertionHandler handler("FAIL_CHECK", Catch::SourceLineInfo(m_file, m_line), Catch::StringRef(),
                                      Catch::ResultDisposition::ContinueOnFailure);
      handler.handleMessage(Catch::ResultWas::ExplicitFailure, std::string(leaks));
      handler.complete();
    }
    if (!m_check.fault().empty() && !m_isFaultTold) {
      m_isFaultTold = true;
      std::fprintf(stderr, "heaptap: %s\n", m_check.fault().c_str());
    }
    if (m_check.obstacle().empty() || m_isObstacleTold) return;
    m_isObstacleTold = true;
    std::fprintf(stderr, "heaptap: not known whether tests leak: %s\n", m_check.obstacle().c_str());
  }

  LeakCheck m_check;
  int m_depth = 0;
  std::string m_sections;   ///< That this run has entered, outermost first.
  const char* m_file = "";  ///< Where the innermost of them is, or the test case.
  std::size_t m_line = 0;
  bool m_isObstacleTold = false;
  bool m_isFaultTold = false;
};

}  // namespace heaptap

namespace {
using HeaptapLeakListener = heaptap::Catch2LeakListener;
}
CATCH_REGISTER_LISTENER(HeaptapLeakListener)
