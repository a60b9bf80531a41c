// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/c_library.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "agent/capture/system/environment.h"
#include "agent/capture/system/object_symbols.h"
#include "agent/capture/system/process_start.h"

namespace heaptap::capture {
namespace {

// What a sanitizer, or another library, defines in front of libc is not what is looked for.
void* inLibc(const char* name) {
  void* const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  void* const found = dlsym(libc, name);
  dlclose(libc);
  return found;
}

TEST(CLibrary, IsTheProcesssOwn) {
  const CLibrary& library = cLibrary();
  EXPECT_EQ(reinterpret_cast<void*>(library.iterateObjects), inLibc("dl_iterate_phdr"));
  EXPECT_EQ(reinterpret_cast<void*>(library.errnoLocation), inLibc("__errno_location"));
  EXPECT_EQ(reinterpret_cast<void*>(library.registerAtfork), inLibc("__register_atfork"));
  EXPECT_EQ(findInLibc("malloc"), inLibc("malloc"));
  EXPECT_EQ(findInLibc("heaptap_no_such_symbol"), nullptr);
  // Not the copy that a program gets which refers to it (R_X86_64_COPY), and which stays as it was.
  EXPECT_GE(reinterpret_cast<std::uintptr_t>(library.debug), library.loader);
  EXPECT_LT(reinterpret_cast<std::uintptr_t>(library.debug), library.loaderEnd);
  EXPECT_EQ(library.debug->r_ldbase, library.loader);
  EXPECT_EQ(library.loader, getauxval(AT_BASE));
  EXPECT_FALSE(library.isSecure);
}

TEST(CLibrary, ReadsTheClockWithoutLibc) {
  ASSERT_NE(cLibrary().readClock, nullptr);
  timespec before{};
  timespec now{};
  timespec after{};
  clock_gettime(CLOCK_MONOTONIC, &before);
  ASSERT_EQ(cLibrary().readClock(CLOCK_MONOTONIC, &now), 0);
  clock_gettime(CLOCK_MONOTONIC, &after);
  const auto ns = [](const timespec& t) { return t.tv_sec * 1'000'000'000LL + t.tv_nsec; };
  EXPECT_LE(ns(before), ns(now));
  EXPECT_LE(ns(now), ns(after));
}

TEST(ProcessStart, IsWhatTheKernelSays) {
  const ProcessStart start = readProcessStart();
  EXPECT_EQ(start.loader, getauxval(AT_BASE));
  EXPECT_EQ(start.vdso, getauxval(AT_SYSINFO_EHDR));
  EXPECT_EQ(start.programHeaders, getauxval(AT_PHDR));
  EXPECT_EQ(start.programHeaderCount, getauxval(AT_PHNUM));
  EXPECT_FALSE(start.isSecure);
}

TEST(LoadedImages, AreNoneWhereThereIsNoElfHeader) {
  alignas(64) static const char kNothing[64] = "not ELF";
  EXPECT_EQ(imageAt(reinterpret_cast<std::uintptr_t>(kNothing)).dynamic, nullptr);
}

TEST(Environment, IsTheOneThatTheProgramHasNow) {
  ASSERT_EQ(setenv("HEAPTAP_TEST_OF_ITS_ENVIRONMENT", "one=two", 1), 0);
  ASSERT_EQ(setenv("HEAPTAP_TEST_OF_ITS_ENVIRONMENT_TOO", "", 1), 0);
  EXPECT_EQ(environment(), environ);
  EXPECT_STREQ(environmentVariable("HEAPTAP_TEST_OF_ITS_ENVIRONMENT"), "one=two");
  EXPECT_EQ(environmentVariable("HEAPTAP_TEST_OF_ITS_ENVIRONMENT_TOO"), nullptr) << "empty";
  EXPECT_EQ(environmentVariable("HEAPTAP_TEST_OF_ITS"), nullptr) << "another one begins like that";
}

}  // namespace
}  // namespace heaptap::capture
