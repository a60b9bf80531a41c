// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/made/made_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "agent/symbols/elf_image.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::symbols::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UniqueFd fileWith(const std::string& bytes) {
  UniqueFd file = fileInMemory();
  EXPECT_TRUE(writeAt(file, 0, bytes.data(), bytes.size()));
  return file;
}

std::vector<std::string> functions(const MadeNames& names) {
  std::vector<std::string> found;
  for (const auto& [address, line] : names)
    found.push_back(line.function +
                    (line.file.empty() ? "" : " " + line.file + ":" + std::to_string(line.line)));
  return found;
}

TEST(PerfMap, NamesWhatLiesWithinItsStretches) {
  const UniqueFd map = fileWith("1000 10 first\n0x1010 0x20 second with spaces\n2000 0 nothing\n");
  EXPECT_THAT(functions(namesInPerfMap(map, {0xFFF, 0x1000, 0x100F, 0x1010, 0x102F, 0x1030, 0x2000})),
              ElementsAre("first", "first", "second with spaces", "second with spaces"));
}

TEST(PerfMap, BelievesTheLastWord) {
  const UniqueFd map = fileWith("1000 100 old\n1040 40 new\n1000 100 newest");
  EXPECT_THAT(functions(namesInPerfMap(map, {0x1000, 0x1050})), ElementsAre("old", "new"))
      << "the last line has no end yet";
}

TEST(PerfMap, PassesByWhatIsNoLine) {
  const UniqueFd map = fileWith(
      "\n\nx y z\n1000\n1000 10\n1000 10 \n-1 10 a\nffffffffffffffffff 1 b\n"
      "ffffffffffffffff ffffffffffffffff c\n1000 10 " +
      std::string(200'000, 'n') + "\n");
  const MadeNames names = namesInPerfMap(map, {0x1000, UINT64_MAX - 1});
  ASSERT_EQ(names.size(), 1U);
  EXPECT_LE(names.at(0x1000).function.size(), 65'536U);
}

/// Writes a jitdump, record by record.
class Dump {
 public:
  Dump() {
    for (const std::uint32_t word : {0x4A69'5444U, 1U, 40U, 62U, 0U, 7U}) appendRaw(m_bytes, word);
    appendRaw(m_bytes, std::uint64_t{0});
    appendRaw(m_bytes, std::uint64_t{0});
  }
  Dump& load(std::uint64_t address, std::uint64_t size, std::uint64_t index, const std::string& name) {
    std::string body;
    appendRaw(body, std::uint64_t{0});
    for (const std::uint64_t word : {address, address, size, index}) appendRaw(body, word);
    body.append(name).push_back('\0');
    return record(0, body.append(size, '\x90'));
  }
  Dump& move(std::uint64_t from, std::uint64_t to, std::uint64_t size, std::uint64_t index) {
    std::string body;
    appendRaw(body, std::uint64_t{0});
    for (const std::uint64_t word : {to, from, to, size, index}) appendRaw(body, word);
    return record(1, body);
  }
  Dump& lines(std::uint64_t address,
              const std::vector<std::tuple<std::uint64_t, std::uint32_t, std::string>>& all) {
    std::string body;
    appendRaw(body, address);
    appendRaw(body, std::uint64_t{all.size()});
    for (const auto& [at, line, file] : all) {
      appendRaw(body, at);
      appendRaw(body, line);
      appendRaw(body, std::uint32_t{0});
      body.append(file).push_back('\0');
    }
    return record(2, body);
  }
  Dump& record(std::uint32_t kind, const std::string& body) {
    appendRaw(m_bytes, kind);
    appendRaw(m_bytes, static_cast<std::uint32_t>(16 + body.size()));
    appendRaw(m_bytes, std::uint64_t{1});
    m_bytes += body;
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return m_bytes; }

 private:
  std::string m_bytes;
};

TEST(JitDump, HasFunctionsFilesAndLines) {
  Dump dump;
  dump.lines(0x1000, {{0x1000, 5, "a.js"}, {0x1008, 6, "\xff"}, {0x1010, 7, "b.js"}})
      .load(0x1000, 0x20, 1, "f");
  dump.load(0x2000, 0x10, 2, "g");
  EXPECT_THAT(
      functions(namesInJitDump(fileWith(dump.bytes()), {0xFFF, 0x1000, 0x100A, 0x101F, 0x1020, 0x2004})),
      ElementsAre("f a.js:5", "f a.js:6", "f b.js:7", "g"));
}

TEST(JitDump, FollowsCodeThatMoves) {
  Dump dump;
  dump.lines(0x1000, {{0x1008, 9, "a.js"}}).load(0x1000, 0x10, 1, "f").move(0x1000, 0x5000, 0x10, 1);
  dump.load(0x1000, 0x10, 2, "g");
  EXPECT_THAT(functions(namesInJitDump(fileWith(dump.bytes()), {0x1008, 0x5008})),
              ElementsAre("g", "f a.js:9"));
}

TEST(JitDump, MayBeDamagedInAnyWay) {
  Dump dump;
  dump.lines(0x1000, {{0x1000, 5, "a.js"}}).load(0x1000, 0x20, 1, "f").move(0x1000, 0x3000, 0x20, 1);
  for (std::size_t length = 0; length < dump.bytes().size(); ++length)
    EXPECT_LE(namesInJitDump(fileWith(dump.bytes().substr(0, length)), {0x1000, 0x3000}).size(), 2U);
  std::mt19937 random(7);
  for (int mutant = 0; mutant < 2000; ++mutant) {
    std::string bytes = dump.bytes();
    for (int change = 0; change < 3; ++change)
      bytes[random() % bytes.size()] = static_cast<char>(random() % 2 == 0 ? 0xFF : random() % 256);
    EXPECT_LE(namesInJitDump(fileWith(bytes), {0x1000, 0x3000, UINT64_MAX}).size(), 3U) << mutant;
  }
  EXPECT_THAT(namesInJitDump(fileWith("no dump"), {0x1000}), IsEmpty());
  EXPECT_THAT(namesInJitDump(fileWith(""), {0x1000}), IsEmpty());
}

}  // namespace
}  // namespace heaptap::symbols::test
