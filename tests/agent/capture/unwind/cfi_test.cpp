// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/cfi.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>

namespace heaptap::capture {
namespace {

/// Unwind information made by hand: .eh_frame_hdr with a table of one entry, .eh_frame at `kSection`.
class MadeUnwindInformation : public testing::Test {
 protected:
  static constexpr std::int32_t kSection = 64;

  MadeUnwindInformation() {
    m_object.start = reinterpret_cast<std::uintptr_t>(m_bytes.data());
    m_object.end = m_object.start + m_bytes.size();
    m_object.ehFrameHdr = m_bytes.data();
    // Version 1; pointer to .eh_frame: pcrel|sdata4; count: udata4; table: datarel|sdata4.
    const std::uint8_t header[] = {1, 0x1b, 0x03, 0x3b};
    std::memcpy(m_bytes.data(), header, sizeof header);
    put(4, kSection - 4);
    put(8, 1);
    put(12, 0x1000);  // The function begins so far from the header.
    // CIE: version 1, "zR", code 1, data -8, ra 16, pcrel|sdata4; def_cfa rsp+8, ra at cfa-8.
    const std::uint8_t cie[] = {20, 0,    0,  0, 0,    0,    0, 0, 1,    'z', 'R', 0,
                                1,  0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1,   0,   0};
    std::memcpy(m_bytes.data() + kSection, cie, sizeof cie);
  }
  void put(std::int32_t at, std::int32_t value) { std::memcpy(m_bytes.data() + at, &value, sizeof value); }
  /// The FDE of the function, of 256 bytes, at offset `at`; its CIE lies `distance` before its second word.
  void putFde(std::int32_t at, std::int32_t distance) {
    put(16, at);
    put(at, 16);
    put(at + 4, distance);
    put(at + 8, 0x1000 - (at + 8));
    put(at + 12, 0x100);
  }
  bool findsRules() { return findUnwindRow(m_object, m_object.start + 0x1010, *m_scratch, m_row); }

  alignas(8) std::array<std::uint8_t, 256> m_bytes{};
  LoadedObject m_object;
  std::unique_ptr<CfiScratch> m_scratch = std::make_unique<CfiScratch>();
  UnwindRow m_row;
};

TEST_F(MadeUnwindInformation, IsUnderstood) {
  putFde(96, 96 + 4 - kSection);
  ASSERT_TRUE(findsRules());
  EXPECT_EQ(m_row.cfaRegister, arch::kRsp);
  EXPECT_EQ(m_row.cfaOffset, 8);
}

TEST_F(MadeUnwindInformation, ThatNamesACieBeforeItsSectionIsRefused) {
  putFde(96, 96 + 4 - kSection + 8);
  EXPECT_FALSE(findsRules());
  putFde(96, 0x7FFF'0000);
  EXPECT_FALSE(findsRules());
}

TEST_F(MadeUnwindInformation, WithAnEntryBeforeItsSectionIsRefused) {
  putFde(32, 0x7FFF'0000);
  EXPECT_FALSE(findsRules());
}

}  // namespace
}  // namespace heaptap::capture
