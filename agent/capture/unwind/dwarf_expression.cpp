// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/dwarf_expression.h"

#include "agent/capture/unwind/dwarf_reader.h"

namespace heaptap::capture {
namespace {

// DWARF 5 table 7.9.
enum Operation : std::uint8_t {
  kAddr = 0x03,
  kDeref = 0x06,
  kConst1u = 0x08,
  kConst1s = 0x09,
  kConst2u = 0x0a,
  kConst2s = 0x0b,
  kConst4u = 0x0c,
  kConst4s = 0x0d,
  kConst8u = 0x0e,
  kConst8s = 0x0f,
  kConstu = 0x10,
  kConsts = 0x11,
  kDup = 0x12,
  kDrop = 0x13,
  kOver = 0x14,
  kPick = 0x15,
  kSwap = 0x16,
  kRot = 0x17,
  kAbs = 0x19,
  kAnd = 0x1a,
  kDiv = 0x1b,
  kMinus = 0x1c,
  kMod = 0x1d,
  kMul = 0x1e,
  kNeg = 0x1f,
  kNot = 0x20,
  kOr = 0x21,
  kPlus = 0x22,
  kPlusUconst = 0x23,
  kShl = 0x24,
  kShr = 0x25,
  kShra = 0x26,
  kXor = 0x27,
  kBra = 0x28,
  kEq = 0x29,
  kGe = 0x2a,
  kGt = 0x2b,
  kLe = 0x2c,
  kLt = 0x2d,
  kNe = 0x2e,
  kSkip = 0x2f,
  kLit0 = 0x30,
  kReg0 = 0x50,
  kBreg0 = 0x70,
  kRegx = 0x90,
  kBregx = 0x92,
  kDerefSize = 0x94,
  kNop = 0x96,
};

class Evaluator {
 public:
  Evaluator(const arch::Registers& registers, const StackMemory& memory)
      : m_registers(registers), m_memory(memory) {}

  void push(std::uint64_t value) {
    if (m_depth == kDepth) {
      m_failed = true;
      return;
    }
    m_stack[m_depth++] = value;
  }

  std::optional<std::uint64_t> run(const std::uint8_t* begin, const std::uint8_t* end) {
    DwarfReader reader(begin, end);
    // A branch may go backwards; an honest expression needs a few dozen steps.
    for (unsigned steps = 0; !reader.atEnd(); ++steps) {
      if (steps == 1000) return std::nullopt;
      const auto code = reader.fixed<std::uint8_t>();
      if (code == kSkip || code == kBra) {
        const auto distance = reader.fixed<std::int16_t>();
        if (code == kBra && pop() == 0) continue;
        const std::int64_t target = reader.at() - begin + distance;
        if (target < 0 || target > end - begin) return std::nullopt;
        reader = DwarfReader(begin + target, end);
      } else {
        step(code, reader);
      }
      if (m_failed || reader.failed()) return std::nullopt;
    }
    if (m_depth == 0) return std::nullopt;
    return m_stack[m_depth - 1];
  }

 private:
  static constexpr unsigned kDepth = 32;

  std::uint64_t pop() {
    if (m_depth == 0) {
      m_failed = true;
      return 0;
    }
    return m_stack[--m_depth];
  }
  void pushSigned(std::int64_t value) { push(static_cast<std::uint64_t>(value)); }
  void pick(unsigned below) {
    if (below >= m_depth) {
      m_failed = true;
      return;
    }
    push(m_stack[m_depth - 1 - below]);
  }
  void pushRegister(std::uint64_t number, std::int64_t offset) {
    if (number >= arch::kRegisterCount || !m_registers.has(static_cast<unsigned>(number))) {
      m_failed = true;
      return;
    }
    push(m_registers.value[number] + static_cast<std::uint64_t>(offset));
  }
  void dereference(std::size_t bytes) {
    const std::uint64_t address = pop();
    const auto value = bytes <= 8 ? m_memory.read(address, bytes) : std::nullopt;
    if (!value) m_failed = true;
    push(value.value_or(0));
  }

  void step(std::uint8_t code, DwarfReader& reader) {
    if (code >= kLit0 && code < kReg0) return push(code - kLit0);
    if (code >= kReg0 && code < kBreg0) return pushRegister(code - kReg0, 0);
    if (code >= kBreg0 && code < kRegx) return pushRegister(code - kBreg0, reader.sleb());
    switch (code) {
      case kAddr:
      case kConst8u:
      case kConst8s: return push(reader.fixed<std::uint64_t>());
      case kConst1u: return push(reader.fixed<std::uint8_t>());
      case kConst1s: return pushSigned(reader.fixed<std::int8_t>());
      case kConst2u: return push(reader.fixed<std::uint16_t>());
      case kConst2s: return pushSigned(reader.fixed<std::int16_t>());
      case kConst4u: return push(reader.fixed<std::uint32_t>());
      case kConst4s: return pushSigned(reader.fixed<std::int32_t>());
      case kConstu: return push(reader.uleb());
      case kConsts: return pushSigned(reader.sleb());
      case kRegx: return pushRegister(reader.uleb(), 0);
      case kBregx: {
        const std::uint64_t number = reader.uleb();
        return pushRegister(number, reader.sleb());
      }
      case kDeref: return dereference(8);
      case kDerefSize: return dereference(reader.fixed<std::uint8_t>());
      case kDup: return pick(0);
      case kOver: return pick(1);
      case kPick: return pick(reader.fixed<std::uint8_t>());
      case kDrop: pop(); return;
      case kNop: return;
      case kPlusUconst: return push(pop() + reader.uleb());
      case kNeg: return push(0 - pop());
      case kNot: return push(~pop());
      case kAbs: {
        const std::uint64_t v = pop();
        return push(static_cast<std::int64_t>(v) < 0 ? 0 - v : v);
      }
      case kSwap: {
        const std::uint64_t top = pop();
        const std::uint64_t second = pop();
        push(top);
        return push(second);
      }
      case kRot: {
        const std::uint64_t top = pop();
        const std::uint64_t second = pop();
        const std::uint64_t third = pop();
        push(top);
        push(third);
        return push(second);
      }
      default: return binary(code);
    }
  }

  void binary(std::uint8_t code) {
    const std::uint64_t b = pop();
    const std::uint64_t a = pop();
    const auto sa = static_cast<std::int64_t>(a);
    const auto sb = static_cast<std::int64_t>(b);
    switch (code) {
      case kAnd: return push(a & b);
      case kOr: return push(a | b);
      case kXor: return push(a ^ b);
      case kPlus: return push(a + b);
      case kMinus: return push(a - b);
      case kMul: return push(a * b);
      case kShl: return push(b < 64 ? a << b : 0);
      case kShr: return push(b < 64 ? a >> b : 0);
      case kShra: return pushSigned(sa >> (b < 63 ? b : 63));
      case kEq: return push(a == b ? 1 : 0);
      case kNe: return push(a != b ? 1 : 0);
      case kGe: return push(sa >= sb ? 1 : 0);
      case kGt: return push(sa > sb ? 1 : 0);
      case kLe: return push(sa <= sb ? 1 : 0);
      case kLt: return push(sa < sb ? 1 : 0);
      case kDiv:
        // The most negative number divided by -1 would trap, as a division by zero does.
        if (sb == 0 || (sb == -1 && a == 1ULL << 63)) break;
        return pushSigned(sa / sb);
      case kMod:
        if (b == 0) break;
        return push(a % b);
      default: break;
    }
    m_failed = true;
  }

  const arch::Registers& m_registers;
  const StackMemory& m_memory;
  std::uint64_t m_stack[kDepth];
  unsigned m_depth = 0;
  bool m_failed = false;
};

}  // namespace

std::optional<std::uint64_t> evaluate(const std::uint8_t* expression, std::uint32_t bytes,
                                      const arch::Registers& registers, const StackMemory& memory,
                                      std::optional<std::uint64_t> initial) {
  Evaluator evaluator(registers, memory);
  if (initial) evaluator.push(*initial);
  return evaluator.run(expression, expression + bytes);
}

}  // namespace heaptap::capture
