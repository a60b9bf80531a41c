// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/system/loaded_objects.h"

/// Call frame information: what `.eh_frame` says about one place in the code (DWARF 5 section 6.4; LSB
/// Core, "Exception Frames").
namespace heaptap::capture {

/// How the caller's value of one register is found.
struct RegisterRule {
  enum class Kind : std::uint8_t {
    SameValue,     ///< Not changed by this function.
    Undefined,     ///< Lost. For the return address: the end of the stack.
    AtCfa,         ///< In memory at CFA + offset.
    IsCfa,         ///< Is CFA + offset.
    InRegister,    ///< In register `offset`.
    AtExpression,  ///< In memory where the expression says.
    IsExpression,  ///< What the expression says.
  };
  Kind kind = Kind::SameValue;
  std::uint32_t expressionBytes = 0;
  union {
    std::int64_t offset = 0;
    const std::uint8_t* expression;
  };
};

/// All rules for one pc.
struct UnwindRow {
  bool cfaIsExpression = false;
  bool signalFrame = false;  ///< Entered by a signal: its caller's pc is exact, not a return address.
  std::uint32_t cfaRegister = 0;
  std::uint32_t cfaExpressionBytes = 0;
  std::int64_t cfaOffset = 0;
  const std::uint8_t* cfaExpression = nullptr;
  std::uint32_t returnAddressRegister = arch::kReturnAddress;
  RegisterRule rules[arch::kRegisterCount];
};

/// Room for interpreting one CFA program, too large for a small signal stack.
struct CfiScratch {
  static constexpr unsigned kRemembered = 16;
  UnwindRow initial;
  UnwindRow remembered[kRemembered];
};

/// Fills `row` with the rules that hold at `pc`, which lies in `object`. False when there is no FDE for it
/// or the information cannot be understood.
/// Threads: any; allocates nothing, takes no lock.
bool findUnwindRow(const LoadedObject& object, std::uint64_t pc, CfiScratch& scratch, UnwindRow& row);

/// Whether there is an FDE for `pc`, which lies in `object`: a small part of the cost of a row.
bool hasUnwindInformation(const LoadedObject& object, std::uint64_t pc);

}  // namespace heaptap::capture
