// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/cfa_program.h"

#include <gtest/gtest.h>

#include <vector>

namespace heaptap::capture {
namespace {

using Kind = RegisterRule::Kind;

class CfaProgram : public testing::Test {
 protected:
  // Runs `initial` and `program` for a function at 0x1000 … 0x1100, up to `pc`.
  bool run(const std::vector<std::uint8_t>& program, std::uint64_t pc) {
    FrameDescription d;
    d.codeStart = 0x1000;
    d.codeEnd = 0x1100;
    d.dataAlign = -8;
    d.initialProgram = {m_initial.data(), m_initial.data() + m_initial.size()};
    d.program = {program.data(), program.data() + program.size()};
    return runCfaProgram(d, pc, m_scratch, m_row);
  }
  // def_cfa rsp+8; offset ra at cfa-8: what every x86-64 CIE says.
  std::vector<std::uint8_t> m_initial{0x0c, 7, 8, 0x90, 1};
  CfiScratch m_scratch;
  UnwindRow m_row;
};

TEST_F(CfaProgram, FollowsAPrologueInstructionByInstruction) {
  // push rbp (1 byte); def_cfa_offset 16; rbp at cfa-16; mov rbp, rsp (3 bytes); def_cfa_register rbp
  const std::vector<std::uint8_t> prologue{0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6};
  ASSERT_TRUE(run(prologue, 0x1000));
  EXPECT_EQ(m_row.cfaOffset, 8);
  EXPECT_EQ(m_row.rules[arch::kRbp].kind, Kind::SameValue);
  ASSERT_TRUE(run(prologue, 0x1001));
  EXPECT_EQ(m_row.cfaRegister, arch::kRsp);
  EXPECT_EQ(m_row.cfaOffset, 16);
  EXPECT_EQ(m_row.rules[arch::kRbp].offset, -16);
  ASSERT_TRUE(run(prologue, 0x1004));
  EXPECT_EQ(m_row.cfaRegister, arch::kRbp);
  EXPECT_EQ(m_row.rules[arch::kReturnAddress].offset, -8);
}

TEST_F(CfaProgram, RemembersAndRestoresAcrossAnEarlyReturn) {
  // advance 4; def_cfa_offset 32; remember; advance 4; def_cfa_offset 8; restore rbx; advance 1; restore
  // state
  const std::vector<std::uint8_t> program{0x44, 0x0e, 32, 0x83, 2, 0x0a, 0x44, 0x0e, 8, 0xc3, 0x41, 0x0b};
  ASSERT_TRUE(run(program, 0x1008));
  EXPECT_EQ(m_row.cfaOffset, 8);
  EXPECT_EQ(m_row.rules[arch::kRbx].kind, Kind::SameValue);
  ASSERT_TRUE(run(program, 0x1009));
  EXPECT_EQ(m_row.cfaOffset, 32);
  EXPECT_EQ(m_row.rules[arch::kRbx].kind, Kind::AtCfa);
}

TEST_F(CfaProgram, KeepsRealignmentExpressions) {
  // def_cfa_expression { breg6 -8; deref }
  ASSERT_TRUE(run({0x0f, 3, 0x76, 0x78, 0x06}, 0x1000));
  EXPECT_TRUE(m_row.cfaIsExpression);
  EXPECT_EQ(m_row.cfaExpressionBytes, 3U);
}

TEST_F(CfaProgram, IgnoresRegistersItDoesNotFollow) {
  ASSERT_TRUE(run({0x05, 40, 4, 0x07, 50}, 0x1000));
  EXPECT_EQ(m_row.cfaOffset, 8);
}

TEST_F(CfaProgram, RefusesBrokenPrograms) {
  EXPECT_FALSE(run({0x3f}, 0x1000));              // no such instruction
  EXPECT_FALSE(run({0x0b}, 0x1000));              // restore without remember
  EXPECT_FALSE(run({0x0f, 0x7F, 0x06}, 0x1000));  // expression longer than the program
  EXPECT_FALSE(
      run(std::vector<std::uint8_t>(100, 0x0a), 0x1000));  // more remembered states than anybody needs
}

}  // namespace
}  // namespace heaptap::capture
