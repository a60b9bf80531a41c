// SPDX-License-Identifier: Apache-2.0
#include "import/import_file.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <memory>
#include <set>

#include "client/files/file_source.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::importing {
namespace {

using heaptap::test::TemporaryFolder;
using ::testing::HasSubstr;

constexpr const char* kHeaptrack =
    "v 10400 3\n"
    "X ./app --fast\n"
    "I 1000 5e298d\n"
    "s 8 /bin/app\n"
    "s 4 main\n"
    "s 5 a.cpp\n"
    "s 4 grow\n"
    "i 1000 1 2 3 a\n"
    "t 1 0\n"
    "i 1010 1 4 3 14 2 3 15\n"  // grow, inlined into main.
    "t 2 1\n"
    "a 10 2\n"
    "a 64 1\n"
    "+ 0\n"
    "c a\n"
    "+ 1\n"
    "- 1\n"
    "+ 0\n"
    "- 0\n"
    "c 14\n"
    "# comment\n";

constexpr const char* kMassif =
    "desc: (none)\ncmd: ./app -x\ntime_unit: ms\n"
    "#-----------\nsnapshot=0\n#-----------\ntime=0\nmem_heap_B=0\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_"
    "tree=empty\n"
    "#-----------\nsnapshot=1\n#-----------\ntime=7\nmem_heap_B=1000\nmem_heap_extra_B=8\nmem_stacks_B="
    "0\nheap_tree=peak\n"
    "n2: 1000 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
    " n2: 900 0x1000: grow (a.cpp:20)\n"
    "  n0: 600 0x1010: main (a.cpp:10)\n"
    "  n0: 300 0x1020: other(int) (in /lib/b.so)\n"
    " n0: 100 in 4 places, all below massif's threshold (1.00%)\n"
    "#-----------\nsnapshot=2\n#-----------\ntime=9\nmem_heap_B=50\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_"
    "tree=empty\n";

constexpr const char* kGperftools =
    "heap profile:      3:     3000 [     9:    10000] @ heapprofile\n"
    "     2:     2000 [     8:     9000] @ 0x00401011 0x7f00000013a6\n"
    "     1:     1000 [     1:     1000] @ 0x7f0000001101 0x12\n"
    "\n"
    "MAPPED_LIBRARIES:\n"
    "00400000-00401000 r--p 00000000 08:01 17 /bin/app\n"
    "00401000-00402000 r-xp 00001000 08:01 17 /bin/app\n"
    "7f0000000000-7f0000001000 r--p 00000000 08:01 18 /lib/a b.so\n"
    "7f0000001000-7f0000002000 r-xp 00001000 08:01 18 /lib/a b.so\n"
    "7ffc00000000-7ffc00001000 rw-p 00000000 00:00 0\n";

constexpr const char* kSymbolized =
    "--- symbol\n"
    "binary=/bin/app\n"
    "0x1000 main--operator----grow\n"
    "0x2000 other\n"
    "---\n"
    "--- heap\n"
    "heap profile: 1: 8 [1: 8] @ heapprofile\n"
    "1: 8 [1: 8] @ 0x1001 0x2000\n";

constexpr const char* kJemalloc =
    "heap_v2/1000\n"
    "  t*: 30: 30000 [0: 0]\n"
    "  t0: 30: 30000 [0: 0]\n"
    "@ 0x7f0000001101 0x401011\n"
    "  t*: 10: 10000 [0: 0]\n"
    "  t0: 7: 7000 [0: 0]\n"
    "  t5: 3: 3000 [0: 0]\n"
    "@ 0x401011\n"
    "  t*: 20: 2000000 [40: 4000000]\n"
    "\n"
    "MAPPED_LIBRARIES:\n"
    "00400000-00402000 r-xp 00000000 08:01 17 /bin/app\n"
    "7f0000001000-7f0000002000 r-xp 00001000 08:01 18 /lib/a.so\n";

class Import : public ::testing::Test {
 protected:
  Result<client::Profile> imported(std::string_view text) {
    m_folder.write("file", text);
    auto done = importFile(m_folder / "file", m_folder / "x.heaptap", true);
    if (!done) return tl::unexpected(done.error());
    m_source = std::make_unique<client::FileSource>();
    return m_source->addFile(m_folder / "x.heaptap").and_then([this](const std::string& id) {
      return m_source->profile(id, {}, {});
    });
  }
  static std::string functions(const client::Profile& profile, model::StackId stack) {
    std::string names;
    for (const client::StackLine& line : client::stackLines(profile, stack))
      names += (names.empty() ? "" : " < ") + std::string(line.function);
    return names;
  }

  TemporaryFolder m_folder;
  std::unique_ptr<client::FileSource> m_source;
};

TEST_F(Import, AFileOfHeaptrackHasItsEvents) {
  const auto profile = imported(kHeaptrack);
  ASSERT_TRUE(profile) << profile.error().line();
  const v1::Summary& summary = *profile->summary;
  EXPECT_EQ(summary.allocations(), 3U);
  EXPECT_EQ(summary.frees(), 2U);
  EXPECT_EQ(summary.peak_bytes(), 0x74U);
  EXPECT_EQ(summary.peak_at_ns(), 10'000'000U);
  EXPECT_EQ(summary.live_bytes(), 0x10U);
  EXPECT_EQ(summary.allocated_bytes(), 0x10U + 0x64U + 0x10U);
  EXPECT_EQ(summary.temporary_allocations(), 2U);
  EXPECT_EQ(summary.executable(), "/bin/app") << "the module of that name";
  EXPECT_THAT(std::vector<std::string>(summary.info().command().begin(), summary.info().command().end()),
              ::testing::ElementsAre("./app", "--fast"));
  ASSERT_EQ(summary.notes_size(), 1);
  EXPECT_THAT(summary.notes(0), HasSubstr("imported from heaptrack, which does not tell threads"));
  const client::SiteTable table(*profile);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(functions(*profile, table.key(1).stack), "grow < main < main");
  EXPECT_EQ(client::stackLines(*profile, table.key(1).stack)[0].line, 20U);
}

TEST_F(Import, AFileOfMassifHasPeakAndEnd) {
  const auto profile = imported(kMassif);
  ASSERT_TRUE(profile) << profile.error().line();
  const v1::Summary& summary = *profile->summary;
  EXPECT_EQ(summary.peak_bytes(), 1000U);
  EXPECT_EQ(summary.peak_at_ns(), 7'000'000U);
  EXPECT_EQ(summary.live_bytes(), 50U);
  const client::SiteTable table(*profile);
  std::map<std::string, std::uint64_t> peaks;
  for (std::uint32_t site = 0; site < table.size(); ++site)
    peaks[functions(*profile, table.key(site).stack)] += table.counters(site).peakBytes;
  EXPECT_EQ(peaks["grow < main"], 600U);
  EXPECT_EQ(peaks["grow < other(int)"], 300U);
  EXPECT_EQ(peaks[""], 100U) << "below massif's threshold";
}

TEST_F(Import, WhatMassifHasAtThePeakAndAtTheEndIsAllocatedOnce) {
  std::string file = kMassif;
  file.replace(file.rfind("mem_heap_B=50"), 13, "mem_heap_B=700");
  file.replace(file.rfind("heap_tree=empty"), 15,
               "heap_tree=detailed\n"
               "n1: 700 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
               " n2: 700 0x1000: grow (a.cpp:20)\n"
               "  n0: 650 0x1010: main (a.cpp:10)\n"
               "  n0: 50 0x1020: other(int) (in /lib/b.so)");
  const auto profile = imported(file);
  ASSERT_TRUE(profile) << profile.error().line();
  const v1::Summary& summary = *profile->summary;
  EXPECT_EQ(summary.peak_bytes(), 1000U);
  EXPECT_EQ(summary.live_bytes(), 700U);
  EXPECT_EQ(summary.live_blocks(), 3U) << "600 and 50 of main, 50 of other";
  EXPECT_EQ(summary.allocated_bytes(), 1050U) << "what is at the end, and 350 that were freed after the peak";
  EXPECT_EQ(summary.allocations(), 5U);
  EXPECT_EQ(summary.frees(), 2U);
}

using Pipe = std::unique_ptr<FILE, int (*)(FILE*)>;

TEST_F(Import, APipeIsReadADeviceIsNot) {
  const auto take = [this](const std::string& file) {
    return importFile(file, m_folder / "p.heaptap", true);
  };
  for (const char* device : {"/dev/zero", "/dev/null"}) {
    const auto refused = take(device);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::NotASession);
    EXPECT_THAT(refused.error().line(), HasSubstr("a device, not a file; name a file or a pipe"));
  }
  EXPECT_THAT(take(m_folder.path().string()).error().line(), HasSubstr("it is a folder"));
  // One without an end is left as soon as it is known to be nothing.
  for (const char* command : {"yes", "yes | gzip", "yes '' | gzip", "cat /dev/zero"}) {
    const Pipe endless(popen(command, "r"), &pclose);
    ASSERT_TRUE(endless) << command;
    const auto refused = take("/proc/self/fd/" + std::to_string(fileno(endless.get())));
    ASSERT_FALSE(refused) << command;
    EXPECT_THAT(refused.error().line(), HasSubstr("not a file that can be imported; one of: heaptrack"));
  }
  m_folder.write("file", kHeaptrack);
  const Pipe whole(popen(("gzip < " + (m_folder / "file").string()).c_str(), "r"), &pclose);
  EXPECT_TRUE(take("/proc/self/fd/" + std::to_string(fileno(whole.get()))));
}

TEST_F(Import, AFileOfGperftoolsHasItsSumsAndTheFilesOfItsAddresses) {
  const auto profile = imported(kGperftools);
  ASSERT_TRUE(profile) << profile.error().line();
  const v1::Summary& summary = *profile->summary;
  EXPECT_EQ(summary.live_bytes(), 3000U);
  EXPECT_EQ(summary.live_blocks(), 3U);
  EXPECT_EQ(summary.allocated_bytes(), 10'000U);
  EXPECT_EQ(summary.allocations(), 9U);
  const client::SiteTable table(*profile);
  std::set<std::string> stacks;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    std::string places;
    for (const client::StackLine& line : client::stackLines(*profile, table.key(site).stack))
      places += (places.empty() ? "" : " < ") + std::string(line.module) + "+" + std::to_string(line.pc);
    stacks.insert(places);
  }
  // A program at a fixed address has its file's addresses; calls are before where they return to.
  EXPECT_THAT(stacks,
              ::testing::ElementsAre("/bin/app+4198416 < /lib/a b.so+5029", "/lib/a b.so+4352 < +17"));
  EXPECT_THAT(summary.notes(0), HasSubstr("imported from gperftools, which does not tell"));
}

TEST_F(Import, TheProgramIsNoLibrary) {
  std::string file = kGperftools;
  file.replace(file.find("00400000-00401000 r--p 00000000 08:01 17 /bin/app"), 0,
               "00300000-00301000 r-xp 00000000 08:01 19 /lib64/ld-linux-x86-64.so.2\n");
  file.replace(file.find("@ 0x00401011"), 2, "@ 0x00300010 ");
  const auto profile = imported(file);
  ASSERT_TRUE(profile) << profile.error().line();
  EXPECT_EQ(profile->summary->executable(), "/bin/app");
}

TEST_F(Import, AFileOfGperftoolsMayHaveNames) {
  const auto profile = imported(kSymbolized);
  ASSERT_TRUE(profile) << profile.error().line();
  EXPECT_EQ(profile->summary->executable(), "/bin/app");
  const client::SiteTable table(*profile);
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(functions(*profile, table.key(0).stack), "grow < operator-- < main < other");
}

TEST_F(Import, SamplesOfGperftoolsAndJemallocAreScaled) {
  const auto profile = imported(kJemalloc);
  ASSERT_TRUE(profile) << profile.error().line();
  // 10 of 1000 bytes, each with a chance of 1 - 1/e; 20 of 100 times the interval are all that there were.
  EXPECT_EQ(profile->summary->live_blocks(), 16U + 20U);
  EXPECT_EQ(profile->summary->live_bytes(), 15'820U + 2'000'000U);
  EXPECT_EQ(profile->summary->allocations(), 16U + 40U);
  EXPECT_THAT(profile->summary->notes(0),
              HasSubstr("jemalloc (sampled, one in 1000 bytes: all numbers are estimates)"));
  std::string sampled = kGperftools;
  sampled.replace(sampled.find("heapprofile"), 11, "heap_v2/1000");
  const auto other = imported(sampled);
  ASSERT_TRUE(other) << other.error().line();
  EXPECT_EQ(other->summary->live_bytes(), 3164U + 1582U);
}

TEST_F(Import, WhatIsDamagedIsSaidWithItsLineAndLeavesNothing) {
  const struct {
    std::string text;
    Code code;
    const char* what;
  } kCases[] = {
      {"", Code::NotASession, "not a file that"},
      {"hello\n", Code::NotASession, "one of: heaptrack, massif, pprof, gperftools, jemalloc"},
      {"heap profile: 1: 2 [3: 4", Code::Corrupt, "line 1: a first line"},
      {"heap profile: 1: 2 [3: 4] @ growthz\n", Code::NotASession, "not one of a heap"},
      {"--- symbol\n0x1 main\n---\n1: 8 [1: 8] @ 0x1\n", Code::Corrupt, "line 4: a sample before"},
      {"--- symbol\n0x1 main\n", Code::Corrupt, "without its first line"},
      {std::string("heap profile: 1: 2 [3: 4] @ heapprofile\n1: 9999999999999999999 [1: 8] @ 0x1\n"),
       Code::Corrupt, "line 2: a number that cannot be"},
      {"heap profile: 1: 2 [3: 4] @ heapprofile\n1: 2 [x: 8] @ 0x1\n", Code::Corrupt, "line 2: a sample"},
      {"heap_v2/x\n", Code::Corrupt, "line 1: a first line"},
      {"heap_v2/2\n@ 0x1\n  t*: 1: [", Code::Corrupt, "line 3: a sample"},
      {"v 10400 9\n", Code::Corrupt, "line 1: version 9"},
      {"v 10400 3\nt 1 0\n", Code::Corrupt, "line 2: a trace"},
      {"v 10400 3\n+ 0\n", Code::Corrupt, "line 2: an event"},
      {"v 10400 3\ni 1 5\n", Code::Corrupt, "line 2: a string"},
      {"v 10400 3\nx 1 5\n", Code::Corrupt, "heaptrack --analyze"},
      {std::string(kHeaptrack) + "- 1\n", Code::Corrupt, "line 22: a free"},
      {std::string(kHeaptrack) + "c 1\n", Code::Corrupt, "line 22: a time"},
      {std::string(kHeaptrack) + "a ffffffffffffffff 1\n", Code::Corrupt, "line 22: an allocation"},
      {std::string(kMassif).substr(0, std::string(kMassif).find("  n0: 300")), Code::Corrupt,
       "the tree ends"},
      {"\n\x04\x08\x01\x10", Code::Corrupt, "cut off"},
      {"\n\x04\x08\x01\x10\x02", Code::NotASession, "not one of a heap"},
      {std::string("\x1f\x8b\x08\x00garbage", 11), Code::Corrupt, "compression"},
      {"\x28\xb5\x2f\xfdgarbage", Code::Corrupt, "compression"},
  };
  for (const auto& one : kCases) {
    std::filesystem::remove(m_folder / "x.heaptap");
    const auto profile = imported(one.text);
    ASSERT_FALSE(profile) << one.what;
    EXPECT_EQ(profile.error().code, one.code) << profile.error().line();
    EXPECT_THAT(profile.error().line(), HasSubstr(one.what));
    EXPECT_FALSE(std::filesystem::exists(m_folder / "x.heaptap"));
  }
}

TEST_F(Import, EveryCutAndEveryFlippedByteIsBorne) {
  for (const char* const whole : {kHeaptrack, kMassif, kGperftools, kSymbolized, kJemalloc}) {
    const std::string text(whole);
    for (std::size_t cut = 0; cut < text.size(); cut += 23) (void)imported(text.substr(0, cut));
    for (std::size_t at = 0; at < text.size(); at += 19) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 0x11);
      (void)imported(changed);
    }
  }
}

}  // namespace
}  // namespace heaptap::importing
