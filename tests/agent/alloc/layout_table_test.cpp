// SPDX-License-Identifier: Apache-2.0
//
// Layout against Rust's, number by number: layout_table.rs says what the table is.
#include <gtest/gtest.h>
#include <heaptap/alloc/layout.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <sstream>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

constexpr std::size_t kMax = PTRDIFF_MAX;
constexpr std::size_t kOne = 1;
constexpr std::array<std::size_t, 12> kSizes{0,    1,          6,        8,           9,        24,
                                             4095, kOne << 31, kMax / 2, kMax - 4096, kMax - 7, kMax};
constexpr std::array<std::size_t, 8> kAligns{0, 1, 3, 4, 16, 4096, kOne << 62, kOne << 63};
constexpr std::array<std::size_t, 6> kCounts{0, 1, 3, kOne << 31, kMax / 24, SIZE_MAX};

std::string show(std::optional<Layout> layout) {
  return layout ? std::to_string(layout->size()) + "/" + std::to_string(layout->align()) : "-";
}
std::string show(std::optional<Layout::Repeated> row) {
  return row ? show(row->layout) + "+" + std::to_string(row->stride) : "-";
}
std::string show(std::optional<Layout::Extended> both) {
  return both ? show(both->layout) + "+" + std::to_string(both->offset) : "-";
}

std::string table() {
  std::ostringstream out;
  std::vector<Layout> layouts;
  for (const std::size_t size : kSizes) {
    for (const std::size_t align : kAligns) {
      const auto layout = Layout::from(size, align);
      out << "from " << size << ' ' << align << " = " << show(layout) << '\n';
      if (layout) layouts.push_back(*layout);
    }
  }
  for (const Layout layout : layouts) {
    out << "of " << show(layout) << " pad " << show(layout.padToAlign()) << " dangling "
        << reinterpret_cast<std::uintptr_t>(layout.dangling()) << " to";
    for (const std::size_t align : kAligns) out << ' ' << show(layout.alignTo(align));
    out << " repeat";
    for (const std::size_t count : kCounts) {
      out << ' ' << show(layout.repeat(count)) << ' ' << show(layout.repeatPacked(count));
    }
    out << " extend";
    for (const auto& [size, align] : {std::pair<std::size_t, std::size_t>{0, 1},
                                      {1, 1},
                                      {24, 16},
                                      {5, 4096},
                                      {kMax - 7, 8},
                                      {0, kOne << 63}}) {
      const Layout next = Layout::fromUnchecked(size, align);
      out << ' ' << show(layout.extend(next)) << ' ' << show(layout.extendPacked(next));
    }
    out << '\n';
  }
  for (const std::size_t count : kCounts) {
    out << "array " << count << " = " << show(Layout::array<std::uint8_t>(count)) << ' '
        << show(Layout::array<std::uint64_t>(count)) << ' ' << show(Layout::array<std::uint16_t[3]>(count))
        << ' ' << show(Layout::array<std::uint8_t[4096]>(count)) << '\n';
  }
  return out.str();
}

TEST(LayoutTable, IsThatOfRust195) {
  const std::string rust = test::readFile(HEAPTAP_LAYOUT_TABLE ".txt");
  EXPECT_GT(std::count(rust.begin(), rust.end(), '\n'), 100);
  EXPECT_EQ(table(), rust);
}

TEST(LayoutTable, IsWhatRustPrintsToday) {
  const test::TemporaryFolder folder;
  const std::string program = folder / "table";
  const std::string source = HEAPTAP_LAYOUT_TABLE ".rs";
  if (std::string(HEAPTAP_RUSTC).ends_with("NOTFOUND")) GTEST_SKIP() << "no rustc here";
  const auto built = test::runProcess({.argv = {HEAPTAP_RUSTC, "--edition=2021", source, "-o", program}});
  if (built.err.find("unstable") != std::string::npos) GTEST_SKIP() << "this rustc is older than 1.95";
  ASSERT_EQ(built.status, 0) << built.err;
  EXPECT_EQ(test::runProcess({.argv = {program}}).out, test::readFile(HEAPTAP_LAYOUT_TABLE ".txt"));
}

}  // namespace
}  // namespace heaptap
