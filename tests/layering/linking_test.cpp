// SPDX-License-Identifier: Apache-2.0
// What the built files depend on. The two in-target libraries go into strangers' processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/layering/binary.h"
#include "tests/support/child_process.h"

namespace heaptap::layering {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSubsetOf;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

const Binary kCapture{HEAPTAP_CAPTURE_LIBRARY};
const Binary kPreload{HEAPTAP_PRELOAD_LIBRARY};
const Binary kStandAside{HEAPTAP_STAND_ASIDE_LIBRARY};

/// Versions that keep the library from loading on a system older than the given glibc.
std::vector<std::string> newerThan(int minor, const Binary& binary) {
  std::vector<std::string> newer;
  for (const auto& need : binary.versionNeeds()) {
    int found = 0;
    const bool isKnown = std::sscanf(need.name.c_str(), "GLIBC_2.%d", &found) == 1 && found <= minor;
    if (!isKnown && !need.weak) newer.push_back(need.name);
  }
  return newer;
}

TEST(CaptureLibrary, NeedsNothingButLibc) {
  EXPECT_EQ(kCapture.soname(), "libheaptap.so.1");
  EXPECT_THAT(kCapture.needed(), IsSubsetOf({"libc.so.6", "ld-linux-x86-64.so.2"}));
}

TEST(CaptureLibrary, LoadsOnOldSystems) { EXPECT_THAT(newerThan(17, kCapture), IsEmpty()); }

TEST(CaptureLibrary, ExportsItsOwnNamesAndNoneOfAnAllocators) {
  auto others = kCapture.exports();
  EXPECT_EQ(std::erase_if(others, [](const std::string& name) { return name.starts_with("heaptap_"); }) > 0,
            true);
  // A program that links it has no other library that notices these.
  EXPECT_THAT(others, UnorderedElementsAre("dlclose", "dlmopen", "dlopen", "mlockall", "prctl",
                                           "pthread_setname_np", "syscall"));
}

TEST(CaptureLibrary, TakesTwoWordsOfStaticTlsAtMost) {
  // It is initial-exec: a library loaded late shares some 1500 bytes with all others.
  EXPECT_LE(kCapture.tlsBytes(), 16U);
}

TEST(SqliteExtension, UsesTheProgramsOwnSqlite) {
  const Binary extension{HEAPTAP_SQLITE_EXTENSION};
  EXPECT_THAT(extension.needed(), Not(Contains(StartsWith("libsqlite3"))));
  EXPECT_THAT(extension.needed(), Not(Contains(HasSubstr("grpc"))));
  EXPECT_THAT(extension.exports(), UnorderedElementsAre("sqlite3_extension_init"));
}

TEST(InTargetLibraries, AreSmall) {
  const std::uint64_t both = kCapture.loadedBytes() + kPreload.loadedBytes();
  EXPECT_GT(both, 50'000U) << "that was not read right";
  EXPECT_LE(both, 300U << 10) << "is something in .data that could begin as zero?";
}

// By __tls_get_addr, which may allocate, there would be relocations for a module (DTPMOD64).
TEST(CaptureLibrary, ReachesItsThreadLocalsWithoutTheLoader) {
  EXPECT_THAT(kCapture.relocations(), Contains("R_X86_64_TPOFF64"));
  EXPECT_THAT(kCapture.relocations(), Not(Contains("R_X86_64_DTPMOD64")));
}

TEST(PreloadLibrary, NeedsNothingButCaptureAndLibc) {
  EXPECT_THAT(kPreload.needed(), IsSubsetOf({"libheaptap.so.1", "libheaptap_stand_aside.so", "libc.so.6",
                                             "ld-linux-x86-64.so.2"}));
  EXPECT_THAT(kPreload.needed(), Contains("libheaptap.so.1"));
  EXPECT_THAT(kPreload.needed(), Contains("libheaptap_stand_aside.so"));
}

TEST(PreloadLibrary, LoadsOnOldSystems) { EXPECT_THAT(newerThan(17, kPreload), IsEmpty()); }

TEST(PreloadLibrary, ExportsTheMallocFamilyAndWhatItMustNotMiss) {
  // dlclose: what is remembered of the code of a library ends with it. dlopen and dlmopen: libraries may look
  // past us. prctl and syscall: the ways into seccomp. The mappings are a heap of their own. exec and spawn:
  // what follows may not be recorded.
  const auto isOperator = [](const std::string& name) { return name.starts_with("_Z"); };
  auto functions = kPreload.exports();
  std::erase_if(functions, isOperator);
  EXPECT_THAT(
      functions,
      UnorderedElementsAre(
          "malloc", "calloc", "realloc", "reallocarray", "free", "free_sized", "free_aligned_sized",
          "aligned_alloc", "memalign", "posix_memalign", "valloc", "pvalloc", "__libc_malloc",
          "__libc_calloc", "__libc_realloc", "__libc_reallocarray", "__libc_memalign", "__posix_memalign",
          "__libc_valloc", "__libc_pvalloc", "__libc_free", "__libc_cfree", "cfree", "dlclose", "dlmopen",
          "dlopen", "dlsym", "dlvsym", "mlockall", "prctl", "pthread_setname_np", "syscall", "mmap", "mmap64",
          "munmap", "mremap", "brk", "sbrk", "execl", "execle", "execlp", "execv", "execve", "execveat",
          "execvp", "execvpe", "fexecve", "posix_spawn", "posix_spawnp", "system", "popen"));
}

TEST(PreloadLibrary, ExportsEachReplaceableOperator) {
  auto operators = kPreload.exports();
  std::erase_if(operators, [](const std::string& name) { return !name.starts_with("_Z"); });
  // [new.delete]: new and new[], each plain, aligned, and both without throwing; delete and delete[], each
  // plain, sized, aligned, both, and for the two that do not throw.
  std::vector<std::string> expected;
  for (const std::string name : {"_Znwm", "_Znam"})
    for (const char* const arguments :
         {"", "RKSt9nothrow_t", "St11align_val_t", "St11align_val_tRKSt9nothrow_t"})
      expected.push_back(name + arguments);
  for (const std::string name : {"_ZdlPv", "_ZdaPv"})
    for (const char* const arguments :
         {"", "m", "St11align_val_t", "mSt11align_val_t", "RKSt9nothrow_t", "St11align_val_tRKSt9nothrow_t"})
      expected.push_back(name + arguments);
  EXPECT_EQ(expected.size(), 20U);
  EXPECT_THAT(operators, UnorderedElementsAreArray(expected));
}

// It comes before everything else, when not even libc has begun.
TEST(StandAsideLibrary, NeedsLibcOnlyExportsNothingAndIsTheFirst) {
  EXPECT_THAT(kStandAside.needed(), IsSubsetOf({"libc.so.6", "ld-linux-x86-64.so.2"}));
  EXPECT_THAT(kStandAside.exports(), IsEmpty());
  EXPECT_THAT(newerThan(17, kStandAside), IsEmpty());
  EXPECT_THAT(kStandAside.flags(), Contains("INITFIRST"));
}

// The loader turns the shadow stack off for a program when one of its libraries does not say that it may run
// under one (x86-64 psABI, program property).
TEST(InTargetLibraries, MayRunUnderAShadowStack) {
  for (const Binary& binary : {kCapture, kPreload, kStandAside})
    EXPECT_THAT(binary.properties(), Contains("SHSTK")) << binary.path();
}

// GCC 12 takes a function that only prefetches for one without effect, and removes its calls.
TEST(Relay, FetchesBlocksFromMemoryBeforeTheirEventsCome) {
  EXPECT_THAT(Binary(HEAPTAP_RELAY).functionsWith("prefetch"),
              Contains(AnyOf("heaptap::relay::BlockTable::prefetch(unsigned long) const",
                             "heaptap::prefetch(void const*)")));
}

TEST(Collector, FetchesPairsFromMemoryBeforeTheirEventsCome) {
  EXPECT_THAT(Binary(HEAPTAP_DAEMON).functionsWith("prefetch"),
              Contains(AnyOf(StartsWith("heaptap::ingest::BatchDecoder::apply("),
                             "heaptap::prefetchToWrite(void const*)")));
  EXPECT_THAT(Binary(HEAPTAP_DAEMON).functionsWith("prefetch"),
              Contains(AnyOf(StartsWith("heaptap::ingest::BatchDecoder::checkFrees("),
                             "heaptap::prefetchToWrite(void const*)")));
}

TEST(CaptureLibrary, FetchesTheTableOfStacksBeforeItLooks) {
  EXPECT_THAT(kCapture.functionsWith("prefetch"),
              Contains(StartsWith("heaptap::capture::StackTable::prefetch(")));
}

// The unwinder, above all: an allocation within an allocation would have no end.
TEST(InTargetLibraries, NeverAllocateThemselves) {
  for (const char* const name :
       {"malloc", "calloc", "realloc", "free", "aligned_alloc", "memalign", "posix_memalign", "_Znwm",
        "_Znam", "_ZdlPv", "strdup", "pthread_create", "_Unwind_Backtrace", "backtrace", "dlsym", "dladdr"}) {
    EXPECT_THAT(kCapture.imports(), Not(Contains(name)));
    EXPECT_THAT(kStandAside.imports(), Not(Contains(name)));
    EXPECT_THAT(kPreload.imports(), Not(Contains(name)));
  }
  EXPECT_THAT(kPreload.imports(), Contains("heaptap_on_alloc")) << "the list is read";
}

// A program, or another preloaded library, may define any function of libc's, and that would be the one that
// is called: one that allocates, waits, answers otherwise, or is missing in an older libc. So each name that
// heaptap's libraries take from others has a reason here why that does no harm.
struct Import {
  std::string name;
  std::string reason;
};
const std::vector<Import> kImports{
    {"_r_debug",
     "weak; its address is looked at only where neither the kernel nor /proc tells where the loader is, and "
     "it is "
     "used only if the loader's own symbol table says that it is the loader's"}};

TEST(InTargetLibraries, CallNothingByANameThatTheProgramMayDefine) {
  std::set<std::string> allowed;
  for (const Import& import : kImports) {
    EXPECT_FALSE(import.reason.empty()) << import.name;
    allowed.insert(import.name);
  }
  EXPECT_THAT(kCapture.imports(), IsSubsetOf(allowed));
  EXPECT_THAT(kStandAside.imports(), IsSubsetOf(allowed));
  // Of heaptap's own interface: names that begin with heaptap_ are not for programs to define.
  for (const std::string& name : kCapture.exports())
    if (name.starts_with("heaptap_")) allowed.insert(name);
  EXPECT_THAT(kPreload.imports(), IsSubsetOf(allowed));
}

// Even without a name taken from it: so it is initialised before them.
TEST(InTargetLibraries, ComeAfterLibc) {
  for (const Binary& binary : {kCapture, kPreload, kStandAside})
    EXPECT_THAT(binary.needed(), Contains("libc.so.6")) << binary.path();
}

TEST(PreloadLibrary, HasNoThreadLocals) { EXPECT_EQ(kPreload.tlsBytes(), 0U); }

TEST(Relay, LinksNeitherDatabaseNorToolkit) {
  const auto libraries = Binary(HEAPTAP_RELAY).needed();
  EXPECT_THAT(libraries, Contains(HasSubstr("libdw")));
  EXPECT_THAT(libraries, Not(Contains(HasSubstr("sqlite"))));
  EXPECT_THAT(libraries, Not(Contains(HasSubstr("Qt"))));
}

TEST(Model, CallsNeitherFilesNorThreadsNorTheNetwork) {
  const auto outcome =
      test::runProcess({.argv = {"nm", "--undefined-only", "--demangle", HEAPTAP_MODEL_ARCHIVE}});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  ASSERT_THAT(outcome.out, HasSubstr(" U ")) << "the archive has code";
  for (const char* const name : {"sqlite3_", "grpc", "google::protobuf", "pthread_create", "std::thread",
                                 "std::filesystem", " U open", " U fopen", " U socket", " U write"}) {
    EXPECT_THAT(outcome.out, Not(HasSubstr(name)));
  }
}

}  // namespace
}  // namespace heaptap::layering
