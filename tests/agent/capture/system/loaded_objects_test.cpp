// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/loaded_objects.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

namespace heaptap::capture {
namespace {

// Empty: code of this program, whose segments lie apart.
std::uint64_t addressOfSymbol(const char* name) {
  if (*name == 0) return reinterpret_cast<std::uintptr_t>(&addressOfSymbol);
  return reinterpret_cast<std::uintptr_t>(dlsym(RTLD_DEFAULT, name));
}

class LoadedObjects : public testing::TestWithParam<const char*> {};

TEST_P(LoadedObjects, AreFoundAlikeWithAndWithoutTheLockFreeLookup) {
  const std::uint64_t pc = addressOfSymbol(GetParam());
  ASSERT_NE(pc, 0U);
  prepareObjectLookup();
  LoadedObject quick;
  LoadedObject iterated;
  ASSERT_TRUE(findLoadedObject(pc, quick));
  ASSERT_TRUE(findLoadedObjectByIteration(pc, iterated));
  EXPECT_EQ(quick.start, iterated.start);
  EXPECT_EQ(quick.end, iterated.end);
  EXPECT_EQ(quick.bias, iterated.bias);
  EXPECT_STREQ(quick.path, iterated.path);
  EXPECT_EQ(quick.ehFrameHdr, iterated.ehFrameHdr);
  EXPECT_TRUE(quick.covers(pc));
}

INSTANTIATE_TEST_SUITE_P(ProgramLibcAndTheRuntime, LoadedObjects,
                         testing::Values("", "malloc", "_Znwm", "_Unwind_Backtrace"));

TEST(LoadedObjectsOutside, AreNotFound) {
  int onTheStack = 0;
  LoadedObject object;
  EXPECT_FALSE(findLoadedObject(reinterpret_cast<std::uintptr_t>(&onTheStack), object));
  EXPECT_FALSE(findLoadedObjectByIteration(reinterpret_cast<std::uintptr_t>(&onTheStack), object));
}

TEST(BuildIds, AreThoseThatReadelfShows) {
  LoadedObject libc;
  ASSERT_TRUE(findLoadedObject(addressOfSymbol("malloc"), libc));
  const BuildId id = findBuildId(libc);
  std::string hex;
  for (std::uint32_t i = 0; i < id.length; ++i) {
    char two[3];
    snprintf(two, sizeof two, "%02x", id.bytes[i]);
    hex += two;
  }
  FILE* pipe = popen((std::string("readelf -n ") + libc.path).c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  for (int c = 0; (c = fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  pclose(pipe);
  ASSERT_EQ(hex.size(), 40U);
  EXPECT_NE(output.find("Build ID: " + hex), std::string::npos) << hex << "\n" << output;
}

}  // namespace
}  // namespace heaptap::capture
