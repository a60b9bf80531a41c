// SPDX-License-Identifier: Apache-2.0
#include "analysis/public_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/leaks/leak_analysis.h"
#include "analysis/leaks/made_once.h"
#include "analysis/own_code.h"
#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

using testing::HasSubstr;
using testing::Not;

const PublicNames& names() {
  static const PublicNames kNames;
  return kNames;
}

TEST(PublicNames, OfTheProgramNothingStays) {
  for (const char* name : {"acme::Parser::parse(acme::Token const&)", "acme_main", "parse", "", "acme\nparse",
                           "void acme::run<acme::Key>(int)", "<acme::Key as acme::Trait>::run"})
    EXPECT_EQ(names().function(name, "function_7"), "function_7") << name;
  EXPECT_EQ(names().function(std::string(1 << 20, 'x'), "function_7"), "function_7");
  EXPECT_EQ(names().module("/opt/acme/libacme.so.1", "/program/module_3.so"), "/program/module_3.so");
  EXPECT_EQ(names().file("/home/acme/src/acme.cpp", "/source/file_2.cpp"), "/source/file_2.cpp");
}

TEST(PublicNames, OfWhatTheListsKnowTheirPartStaysAndNoMore) {
  EXPECT_EQ(names().function("_IO_file_doallocate", "function_7"), "_IO_file_doallocate");
  EXPECT_EQ(names().function("__GI__dl_allocate_tls", "function_7"), "__GI__dl_allocate_tls");
  EXPECT_EQ(names().function("std::locale::classic()", "function_7"), "std::locale::classic()");
  EXPECT_EQ(names().function("main", "function_7"), "function_7") << "the store keeps that itself";
  EXPECT_EQ(names().function("std::vector<acme::Key, std::allocator<acme::Key> >::reserve(unsigned long)",
                             "function_7"),
            "std::vector<function_7>::reserve");
  EXPECT_EQ(names().module("/lib/x86_64-linux-gnu/libc.so.6", "/program/module_3.so"),
            "/program/module_3/libc.so.6");
  EXPECT_EQ(names().module("/lib64/ld-linux-x86-64.so.2", "/program/module_3.so"),
            "/program/module_3/ld-linux-x86-64.so.2");
  EXPECT_EQ(names().module("[vdso]", "/program/module_3"), "[vdso]");
}

/// A name that somebody has chosen so that it begins as one of a list does.
TEST(PublicNames, NoNameOfTheProgramHidesInAPattern) {
  for (const char* name :
       {"getpw_acme", "acme_syslog_write", "g_type_acme_register", "xmalloc_acme", "std::acme::Key::make()",
        "FcInitAcme", "acme::Registry::instance()", "acme::Registry::operator new(unsigned long)",
        "_GLOBAL__sub_I_acme.cpp", "std::rt::acme", "alloc::acme::Key::push", "QFontDatabaseAcme::acme()"}) {
    const std::string other = names().function(name, "function_7");
    EXPECT_THAT(other, Not(HasSubstr("acme"))) << name;
    EXPECT_THAT(other, Not(HasSubstr("Acme"))) << name;
    EXPECT_THAT(other, HasSubstr("function_7")) << name << ": stays apart from others";
    EXPECT_EQ(ownerOf(other, {}, {}), ownerOf(name, {}, {})) << name << " as " << other;
    EXPECT_EQ(makesASingleton(other), makesASingleton(name)) << other;
    EXPECT_EQ(isStaticInitializer(other), isStaticInitializer(name)) << other;
  }
  for (const char* path : {"/opt/libQtAcme.so", "/opt/libc.so_acme", "/opt/ld-acme",
                           "/opt/acme/libnss_acme.so.2", "/opt/libgacme-2.0.so.0"}) {
    const std::string other = names().module(path, "/program/module_3.so");
    EXPECT_THAT(other, Not(HasSubstr("acme"))) << path;
    EXPECT_THAT(other, Not(HasSubstr("Acme"))) << path;
    EXPECT_EQ(ownerOf("f", other, {}), ownerOf("f", path, {})) << other;
    EXPECT_FALSE(names().isOfTheSystem(path)) << path;
  }
  EXPECT_TRUE(names().isOfTheSystem("/lib/x86_64-linux-gnu/libc.so.6"));
  EXPECT_TRUE(names().isOfTheSystem("/usr/lib/libstdc++.so.6.0.30"));
}

TEST(PublicNames, FilesOfCompilersAreKnownToBe) {
  for (const char* path : {"/usr/include/c++/12/bits/acme.h", "/rustc/90b35/library/alloc/src/acme.rs",
                           "../../../../src/libstdc++-v3/libsupc++/eh_alloc.cc"}) {
    const std::string other = names().file(path, "/source/file_2.h");
    EXPECT_THAT(other, Not(HasSubstr("acme"))) << path;
    EXPECT_NE(other, "/source/file_2.h") << path;
    EXPECT_EQ(ownerOf("f", {}, other), ownerOf("f", {}, path)) << other;
  }
}

/// Each built-in rule still says of the other name what it said of the first.
TEST(PublicNames, LeaksAreJudgedAsBefore) {
  struct Place {
    const char* module;
    const char* function;
  };
  const std::vector<std::vector<Place>> stacks{
      {{"/lib/libc.so.6", "_IO_file_doallocate"}, {"/lib/libc.so.6", "puts"}},
      {{"/lib/libc.so.6", "setlocale"}},
      {{"/lib/libc.so.6", "__GI_setlocale"}},
      {{"/lib64/ld-linux-x86-64.so.2", "allocate_dtv"},
       {"/lib64/ld-linux-x86-64.so.2", "__GI__dl_allocate_tls"}},
      {{"/lib64/ld-linux-x86-64.so.2", "_dl_new_object"}},
      {{"/usr/lib/libstdc++.so.6", ""}, {"/lib64/ld-linux-x86-64.so.2", "call_init"}},
      {{"/usr/lib/libglib-2.0.so.0", "g_type_register_static"}},
      {{"/usr/lib/libQt5Core.so.5", "QMetaType::registerType(char const*)"}},
      {{"/usr/lib/libfontconfig.so.1", "FcConfigParseAndLoad"}},
      {{"/app", "app::Registry::instance()"}},
      {{"/app", "_GLOBAL__sub_I_app.cpp"}},
      {{"/app", "std::vector<app::Key>::push_back(app::Key const&)"}, {"/app", "app::fill()"}},
      {{"/app", "app::parse(char const*)"}},
      {{"/app", "app::Key::operator new(unsigned long)"}, {"/app", "app::make()"}}};
  const auto judged = [&](bool isCopy) {
    client::ProfileBuilder builder;
    int number = 0;
    for (const auto& stack : stacks) {
      std::vector<model::FrameId> frames;
      for (const Place& place : stack) {
        const std::string n = std::to_string(++number);
        const std::string module =
            isCopy ? names().module(place.module, "/program/module_" + n) : std::string(place.module);
        const std::string function = isCopy && *place.function != 0
                                         ? names().function(place.function, "function_" + n)
                                         : place.function;
        frames.push_back(builder.place({{.function = function}}, 0, builder.module(module)));
      }
      frames.push_back(builder.frame("main"));
      builder.count({.size = 8 + static_cast<std::uint64_t>(number),
                     .stack = builder.stackOf(frames),
                     .allocations = 1,
                     .live = 1});
    }
    std::vector<std::string> groups;
    for (const LeakGroup& group : leakReport(client::SiteTable(builder.profile())).groups)
      groups.push_back(std::string(wordFor(group.kind)) + " " + group.name + " " +
                       std::to_string(group.bytes));
    return groups;
  };
  EXPECT_THAT(judged(true), testing::ElementsAreArray(judged(false)));
  EXPECT_THAT(judged(false), testing::Contains(HasSubstr("kept loader: thread-local memory of threads")));
}

}  // namespace
}  // namespace heaptap::analysis
