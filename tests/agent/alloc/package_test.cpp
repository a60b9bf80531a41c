// SPDX-License-Identifier: Apache-2.0
//
// An outsider's project beside this one, against an installed heaptap: find_package and pkg-config.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

using testing::HasSubstr;

class Consumer : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* const component : {"library", "development"}) {
      const auto installed = test::runProcess({.argv = {HEAPTAP_CMAKE, "--install", HEAPTAP_BUILD_FOLDER,
                                                        "--component", component, "--prefix", prefix()}});
      ASSERT_EQ(installed.status, 0) << installed.err;
    }
  }

  std::string prefix() const { return m_folder / "prefix"; }
  std::string build() const { return m_folder / "build"; }

  test::Outcome configure(const std::string& option = "-DMISTAKE=none") const {
    return test::runProcess({.argv = {HEAPTAP_CMAKE, "-S", HEAPTAP_CONSUMER_FOLDER, "-B", build(), "-G",
                                      "Ninja", "-DCMAKE_PREFIX_PATH=" + prefix(), m_compiler, option}});
  }

  std::string said(const std::string& program) const {
    const auto outcome = test::runProcess({.argv = {build() + "/" + program}});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.out;
  }

 private:
  const std::string m_compiler = "-DCMAKE_CXX_COMPILER=" HEAPTAP_COMPILER;
  test::TemporaryFolder m_folder;
};

TEST_F(Consumer, FindsThePackageAndSelectsAGlobalAllocator) {
  const auto configured = configure();
  ASSERT_EQ(configured.status, 0) << configured.err;
  const auto built = test::runProcess({.argv = {HEAPTAP_CMAKE, "--build", build()}});
  ASSERT_EQ(built.status, 0) << built.out << built.err;
  EXPECT_EQ(said("by_source"), "counted: well\n");
  EXPECT_EQ(said("by_cmake"), "consumer::Counting: well\n");
  EXPECT_EQ(said("with_malloc"), "heaptap::RawSystem: well\n");
  EXPECT_EQ(said("by_default"), "System by default: well\n");
  if (HEAPTAP_HAS_JEMALLOC) {
    EXPECT_EQ(said("with_jemalloc"), "jemalloc: well\n");
  }
  if (HEAPTAP_HAS_MIMALLOC) {
    EXPECT_EQ(said("with_mimalloc"), "mimalloc: well\n");
  }
  const auto needed = test::runProcess({.argv = {"readelf", "--dynamic", build() + "/by_default"}});
  EXPECT_THAT(needed.out, HasSubstr("libheaptap.so.1"))
      << "heaptap::agent is linked, though nothing calls it";
}

TEST_F(Consumer, IsToldItsMistakesByCMake) {
  EXPECT_THAT(configure("-DMISTAKE=library").err, HasSubstr("lib is no program"));
  EXPECT_THAT(configure("-DMISTAKE=twice").err, HasSubstr("by_cmake has a global allocator"));
  EXPECT_THAT(configure("-DMISTAKE=spelling").err, HasSubstr("expected TYPE <type>"));
}

TEST_F(Consumer, FindsTheHeadersByPkgConfig) {
  const auto flags =
      test::runProcess({.argv = {"pkg-config", "--cflags", "--libs", "heaptap-alloc", "heaptap-agent"},
                        .environment = {{"PKG_CONFIG_PATH", prefix() + "/lib/pkgconfig"}}});
  ASSERT_EQ(flags.status, 0) << flags.err;
  const std::string command = HEAPTAP_COMPILER " -std=c++20 " HEAPTAP_CONSUMER_FOLDER "/by_source.cpp "  //
                              HEAPTAP_CONSUMER_FOLDER "/report.cpp -o " +
                              build() + ".program " + flags.out.substr(0, flags.out.find('\n'));
  const auto built = test::runProcess({.argv = {"/bin/sh", "-c", command}});
  ASSERT_EQ(built.status, 0) << command << built.err;
  EXPECT_EQ(test::runProcess({.argv = {build() + ".program"}}).out, "counted: well\n");
}

}  // namespace
}  // namespace heaptap
