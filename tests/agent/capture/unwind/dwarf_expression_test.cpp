// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/dwarf_expression.h"

#include <gtest/gtest.h>

#include <vector>

namespace heaptap::capture {
namespace {

class DwarfExpression : public testing::Test {
 protected:
  std::optional<std::uint64_t> run(const std::vector<std::uint8_t>& bytes,
                                   std::optional<std::uint64_t> initial = std::nullopt) {
    return evaluate(bytes.data(), static_cast<std::uint32_t>(bytes.size()), m_registers, m_memory, initial);
  }
  DwarfExpression() {
    m_registers.known = 0;
    m_stack[2] = 0x1234;
    m_registers.set(arch::kRsp, reinterpret_cast<std::uintptr_t>(m_stack));
    m_memory.enterFrame(m_registers.value[arch::kRsp]);
  }
  std::uint64_t m_stack[8] = {};
  arch::Registers m_registers;
  OwnStack m_own{reinterpret_cast<std::uintptr_t>(m_stack + 8)};
  StackMemory m_memory{m_own};
};

// What GNU ld writes for the procedure linkage table:
// breg7 +8; breg16 +0; lit15; and; lit11; ge; lit3; shl; plus
TEST_F(DwarfExpression, ComputesTheCfaOfPltEntries) {
  const std::vector<std::uint8_t> plt{0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22};
  const std::uint64_t rsp = m_registers.value[arch::kRsp];
  m_registers.set(arch::kReturnAddress, 0x400016);  // Before the push: 6 < 11.
  EXPECT_EQ(run(plt), rsp + 8);
  m_registers.set(arch::kReturnAddress, 0x40001b);  // After it: 11 >= 11.
  EXPECT_EQ(run(plt), rsp + 16);
}

TEST_F(DwarfExpression, ReadsTheStack) {
  EXPECT_EQ(run({0x77, 16, 0x06}), 0x1234U);    // breg7 +16; deref
  EXPECT_EQ(run({0x77, 16, 0x94, 1}), 0x34U);   // deref_size 1
  EXPECT_EQ(run({0x23, 16}, 0x1000), 0x1010U);  // plus_uconst on the given CFA
}

TEST_F(DwarfExpression, RefusesMemoryOutsideTheStack) {
  EXPECT_EQ(run({0x30, 0x06}), std::nullopt);              // lit0; deref
  EXPECT_EQ(run({0x77, 0xC0, 0x00, 0x06}), std::nullopt);  // breg7 +64: the end of the stack
}

TEST_F(DwarfExpression, RefusesWhatItCannotKnow) {
  EXPECT_EQ(run({0x73, 0}), std::nullopt);  // rbx is not known here
  EXPECT_EQ(run({0xF0}), std::nullopt);     // vendor operation
  EXPECT_EQ(run({0x22}), std::nullopt);     // plus on an empty stack
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(run({0x31, 0x30, 0x1b}), std::nullopt);  // 1 / 0
}

TEST_F(DwarfExpression, EndsALoopThatNeverWould) {
  EXPECT_EQ(run({0x2f, 0xFD, 0xFF}), std::nullopt);  // skip -3: to itself
}

TEST_F(DwarfExpression, OrdersItsOperands) {
  EXPECT_EQ(run({0x3A, 0x33, 0x1c}), 7U);                                                         // 10 - 3
  EXPECT_EQ(run({0x31, 0x32, 0x33, 0x17, 0x1c, 0x1c}), static_cast<std::uint64_t>(3 - (1 - 2)));  // rot
  EXPECT_EQ(run({0x09, 0xF8, 0x31, 0x26}), static_cast<std::uint64_t>(-4));  // -8 >> 1, arithmetic
}

}  // namespace
}  // namespace heaptap::capture
