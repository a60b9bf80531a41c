// SPDX-License-Identifier: Apache-2.0
//
// Code that programs make at run time, with the names that they write for profilers.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/e2e/names/built_program.h"

namespace heaptap::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Makes a function that calls back, and does so; then writes of it into a perf map, into a jitdump, or
/// nowhere.
constexpr const char* kMaker = R"(#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static void* volatile kept;
__attribute__((noinline)) void calledBack(void) { kept = malloc(777); }
/* push rbp; mov rbp, rsp; call rdi; pop rbp; ret */
static const unsigned char kCode[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};
static void write_dump(const char* path, uint64_t code) {
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  struct { uint32_t magic, version, size, machine, pad, pid; uint64_t time, flags; } head =
      {0x4A695444, 1, 40, 62, 0, (uint32_t)getpid(), 1, 0};
  write(file, &head, sizeof head);
  mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
  const char source[] = "/src/script.js";
  struct { uint32_t id, size; uint64_t time, address, entries, at; uint32_t line, column; } lines =
      {2, 48 + sizeof source, 2, code, 1, code, 42, 0};
  write(file, &lines, 48); write(file, source, sizeof source);
  const char name[] = "dumped function";
  struct { uint32_t id, size; uint64_t time; uint32_t pid, tid; uint64_t vma, address, bytes, index; } load =
      {0, 56 + sizeof name + sizeof kCode, 3, 1, 1, code, code, sizeof kCode, 1};
  write(file, &load, 56); write(file, name, sizeof name); write(file, kCode, sizeof kCode);
  close(file);
}
int main(int argc, char** argv) {
  unsigned char* page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(page, kCode, sizeof kCode);
  ((void (*)(void (*)(void)))page)(calledBack);
  char path[200];
  if (strchr(argv[1], 'm')) {
    snprintf(path, sizeof path, "/tmp/perf-%d.map", getpid());
    FILE* map = fopen(path, "w");
    fprintf(map, "%lx 4 too short\n", (unsigned long)page);
    fprintf(map, "%lx %zx an earlier one\n", (unsigned long)page, sizeof kCode);
    fprintf(map, "%lx %zx LazyCompile:~my function /src/script.js:7\nnot a line\n", (unsigned long)page, sizeof kCode);
    fprintf(map, "%lx %zx without an end", (unsigned long)page, sizeof kCode);
    fclose(map);
    printf("%s\n", path);
  }
  if (strchr(argv[1], 'd')) {
    snprintf(path, sizeof path, "jit-%d.dump", getpid());
    write_dump(path, (uint64_t)page);
  }
  return 0;
}
)";

class MadeCode : public testing::Test {
 protected:
  ~MadeCode() override {
    if (!m_map.empty()) std::filesystem::remove(m_map);
  }
  std::vector<std::string> record(const std::string& what) {
    const Outcome recorded =
        m_program.heaptap({"run", "-q", "--force", "-o", "s.heaptap", "--", "./program", what});
    EXPECT_EQ(recorded.status, 0) << recorded.err;
    m_map = recorded.out.substr(0, recorded.out.find('\n'));
    return m_program.stackOf(777);
  }
  BuiltProgram m_program{kMaker, "c", {"-O1", "-fno-omit-frame-pointer", "-fno-builtin", "-w"}};
  std::string m_map;
};

TEST_F(MadeCode, HasTheLastNameOfThePerfMap) {
  EXPECT_THAT(record("m"), Contains("LazyCompile:~my function /src/script.js:7 ?:?"));
}

TEST_F(MadeCode, HasTheFunctionFileAndLineOfTheDump) {
  EXPECT_THAT(record("d"), Contains("dumped function script.js:42"));
  EXPECT_THAT(record("md"), Contains("dumped function script.js:42")) << "which knows more than the map";
}

TEST_F(MadeCode, WithoutAnyIsNamedByItsAddressInNoFile) {
  EXPECT_THAT(record("-"), Contains("? ?:?"));
  EXPECT_THAT(m_program.heaptap({"report", "s.heaptap"}).out, HasSubstr("[anonymous]+0x"));
  for (const char* const format : {"folded", "csv", "speedscope", "callgrind", "html"}) {
    const Outcome exported = m_program.heaptap({"export", "s.heaptap", "-f", format, "-o", "-"});
    EXPECT_EQ(exported.status, 0) << exported.err;
    EXPECT_THAT(exported.out, HasSubstr("[anonymous]+0x")) << format;
  }
}

}  // namespace
}  // namespace heaptap::test
