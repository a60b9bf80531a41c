// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/cfa_program.h"

namespace heaptap::capture {
namespace {

using Kind = RegisterRule::Kind;

// Instructions of DWARF 5 table 7.29; the upper two bits hold the first three.
enum Instruction : std::uint8_t {
  kAdvanceLoc = 0x40,  // DW_CFA_advance_loc …
  kOffset = 0x80,
  kRestore = 0xc0,
  kNop = 0x00,
  kSetLoc = 0x01,
  kAdvanceLoc1 = 0x02,
  kAdvanceLoc2 = 0x03,
  kAdvanceLoc4 = 0x04,
  kOffsetExtended = 0x05,
  kRestoreExtended = 0x06,
  kUndefined = 0x07,
  kSameValue = 0x08,
  kRegister = 0x09,
  kRememberState = 0x0a,
  kRestoreState = 0x0b,
  kDefCfa = 0x0c,
  kDefCfaRegister = 0x0d,
  kDefCfaOffset = 0x0e,
  kDefCfaExpression = 0x0f,
  kExpression = 0x10,
  kOffsetExtendedSf = 0x11,
  kDefCfaSf = 0x12,
  kDefCfaOffsetSf = 0x13,
  kValOffset = 0x14,
  kValOffsetSf = 0x15,
  kValExpression = 0x16,
  kGnuArgsSize = 0x2e,
  kGnuNegativeOffsetExtended = 0x2f,
};

class Interpreter {
 public:
  Interpreter(const FrameDescription& description, std::uint64_t pc, CfiScratch& scratch, UnwindRow& row)
      : m_description(description),
        m_pc(pc),
        m_location(description.codeStart),
        m_scratch(scratch),
        m_row(row) {}

  // Runs until the program ends or passes m_pc.
  bool run(DwarfReader reader) {
    while (!reader.atEnd() && m_location <= m_pc) {
      if (!step(reader) || reader.failed()) return false;
    }
    return true;
  }

 private:
  std::int64_t factored(std::uint64_t n) const {
    return static_cast<std::int64_t>(n) * m_description.dataAlign;
  }
  std::int64_t factored(std::int64_t n) const { return n * m_description.dataAlign; }

  // Rules for registers that capture does not follow (vector registers …) go into a place of their own.
  RegisterRule& rule(std::uint64_t number) {
    return number < arch::kRegisterCount ? m_row.rules[number] : m_ignored;
  }
  void set(std::uint64_t number, Kind kind, std::int64_t offset = 0) {
    RegisterRule& r = rule(number);
    r.kind = kind;
    r.expressionBytes = 0;
    r.offset = offset;
  }
  void setExpression(std::uint64_t number, Kind kind, DwarfReader& reader) {
    const std::uint64_t bytes = reader.uleb();
    RegisterRule& r = rule(number);
    r.kind = kind;
    r.expressionBytes = static_cast<std::uint32_t>(bytes);
    r.expression = reader.at();
    reader.skip(bytes);
  }
  void restore(std::uint64_t number) {
    if (number < arch::kRegisterCount) m_row.rules[number] = m_scratch.initial.rules[number];
  }
  void advance(std::uint64_t delta) { m_location += delta * m_description.codeAlign; }
  void defineCfa(std::uint64_t number, std::int64_t offset) {
    m_row.cfaIsExpression = false;
    m_row.cfaRegister = static_cast<std::uint32_t>(number);
    m_row.cfaOffset = offset;
  }

  bool step(DwarfReader& reader) {
    const auto code = reader.fixed<std::uint8_t>();
    const std::uint8_t operand = code & 0x3F;
    switch (code & 0xC0) {
      case kAdvanceLoc: advance(operand); return true;
      case kOffset: set(operand, Kind::AtCfa, factored(reader.uleb())); return true;
      case kRestore: restore(operand); return true;
      default: return extended(code, reader);
    }
  }

  bool extended(std::uint8_t code, DwarfReader& reader) {
    // Two operands are read in their own statements: the order inside a call is not fixed.
    switch (code) {
      case kNop: return true;
      case kSetLoc: m_location = reader.encoded(m_description.pointerEncoding, 0); return true;
      case kAdvanceLoc1: advance(reader.fixed<std::uint8_t>()); return true;
      case kAdvanceLoc2: advance(reader.fixed<std::uint16_t>()); return true;
      case kAdvanceLoc4: advance(reader.fixed<std::uint32_t>()); return true;
      case kRestoreExtended: restore(reader.uleb()); return true;
      case kUndefined: set(reader.uleb(), Kind::Undefined); return true;
      case kSameValue: set(reader.uleb(), Kind::SameValue); return true;
      case kDefCfaRegister:
        m_row.cfaIsExpression = false;
        m_row.cfaRegister = static_cast<std::uint32_t>(reader.uleb());
        return true;
      case kDefCfaOffset: m_row.cfaOffset = static_cast<std::int64_t>(reader.uleb()); return true;
      case kDefCfaOffsetSf: m_row.cfaOffset = factored(reader.sleb()); return true;
      case kGnuArgsSize: reader.uleb(); return true;
      case kRememberState:
        if (m_depth == CfiScratch::kRemembered) return false;
        m_scratch.remembered[m_depth++] = m_row;
        return true;
      case kRestoreState: {
        if (m_depth == 0) return false;
        m_row = m_scratch.remembered[--m_depth];
        return true;
      }
      case kDefCfaExpression: {
        const std::uint64_t bytes = reader.uleb();
        m_row.cfaIsExpression = true;
        m_row.cfaExpression = reader.at();
        m_row.cfaExpressionBytes = static_cast<std::uint32_t>(bytes);
        reader.skip(bytes);
        return true;
      }
      default: return withRegister(code, reader);
    }
  }

  bool withRegister(std::uint8_t code, DwarfReader& reader) {
    const std::uint64_t number = reader.uleb();
    switch (code) {
      case kOffsetExtended: set(number, Kind::AtCfa, factored(reader.uleb())); return true;
      case kOffsetExtendedSf: set(number, Kind::AtCfa, factored(reader.sleb())); return true;
      case kGnuNegativeOffsetExtended: set(number, Kind::AtCfa, -factored(reader.uleb())); return true;
      case kValOffset: set(number, Kind::IsCfa, factored(reader.uleb())); return true;
      case kValOffsetSf: set(number, Kind::IsCfa, factored(reader.sleb())); return true;
      case kRegister: set(number, Kind::InRegister, static_cast<std::int64_t>(reader.uleb())); return true;
      case kDefCfa: defineCfa(number, static_cast<std::int64_t>(reader.uleb())); return true;
      case kDefCfaSf: defineCfa(number, factored(reader.sleb())); return true;
      case kExpression: setExpression(number, Kind::AtExpression, reader); return true;
      case kValExpression: setExpression(number, Kind::IsExpression, reader); return true;
      default: return false;
    }
  }

  const FrameDescription& m_description;
  std::uint64_t m_pc;
  std::uint64_t m_location;
  CfiScratch& m_scratch;
  UnwindRow& m_row;
  RegisterRule m_ignored;
  unsigned m_depth = 0;
};

}  // namespace

bool runCfaProgram(const FrameDescription& description, std::uint64_t pc, CfiScratch& scratch,
                   UnwindRow& row) {
  row = UnwindRow{};
  row.signalFrame = description.signalFrame;
  row.returnAddressRegister = description.returnAddressRegister;
  // Two interpreters, as the locations of the FDE's program start anew.
  if (!Interpreter(description, pc, scratch, row).run(description.initialProgram)) return false;
  scratch.initial = row;
  return Interpreter(description, pc, scratch, row).run(description.program);
}

}  // namespace heaptap::capture
