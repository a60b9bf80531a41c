// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// x86-64 as the unwinder sees it. Register numbers are those of DWARF (System V AMD64 ABI, figure 3.36).
namespace heaptap::capture::arch {

inline constexpr unsigned kRbx = 3;
inline constexpr unsigned kRbp = 6;
inline constexpr unsigned kRsp = 7;
inline constexpr unsigned kReturnAddress = 16;
inline constexpr unsigned kRegisterCount = 17;

/// The register that ABI code may use as a frame pointer, and the one that points to the top of the stack.
inline constexpr unsigned kFramePointer = kRbp;
inline constexpr unsigned kStackPointer = kRsp;

/// Where a frame that was called in the usual way keeps its return address: `call` pushes it right below the
/// caller's frame, whose stack pointer is the callee's CFA.
inline constexpr std::int64_t kReturnAddressFromCfa = -8;
constexpr std::uint64_t returnAddressPlace(std::uint64_t cfa) {
  return cfa + static_cast<std::uint64_t>(kReturnAddressFromCfa);
}
constexpr std::uint64_t cfaOfReturnAddress(std::uint64_t place) {
  return place - static_cast<std::uint64_t>(kReturnAddressFromCfa);
}

/// What a frame pointer points to: the caller's frame pointer, and behind it the return address.
struct FrameRecord {
  static constexpr std::uint64_t kBytes = 16;
  static constexpr std::uint64_t returnAddressPlace(std::uint64_t record) { return record + 8; }
  static constexpr std::uint64_t ofReturnAddress(std::uint64_t place) { return place - 8; }
};

/// Values of the DWARF registers at one point of a walk. A register that the callee may have changed and
/// was not saved is unknown, not zero.
struct Registers {
  std::uint64_t value[kRegisterCount];
  std::uint32_t known;  ///< Bit n: value[n] is right.

  [[nodiscard]] bool has(unsigned n) const { return n < kRegisterCount && (known >> n & 1) != 0; }
  void set(unsigned n, std::uint64_t v) {
    value[n] = v;
    known |= 1U << n;
  }
  void forget(unsigned n) { known &= ~(1U << n); }
};

/// What a called function must preserve: rbx, rbp, rsp, r12 to r15 (and, by definition, rip).
inline constexpr std::uint32_t kPreserved = 1U << 3 | 1U << 6 | 1U << 7 | 0xFU << 12 | 1U << 16;

/// The registers of the calling function at this very place.
/// Inlined on purpose: a function of its own would have a frame of its own.
[[gnu::always_inline]] inline void captureHere(Registers& registers) {
  std::uint64_t* v = registers.value;
  asm volatile(
      "movq %%rbx, 24(%0)\n\t"
      "movq %%rbp, 48(%0)\n\t"
      "movq %%rsp, 56(%0)\n\t"
      "movq %%r12, 96(%0)\n\t"
      "movq %%r13, 104(%0)\n\t"
      "movq %%r14, 112(%0)\n\t"
      "movq %%r15, 120(%0)\n\t"
      "leaq 0f(%%rip), %%rax\n\t"
      "movq %%rax, 128(%0)\n\t"
      "0:\n\t"
      :
      : "r"(v)
      : "rax", "memory");
  registers.known = kPreserved;
}

/// The thread pointer. For a thread made by pthread_create it lies above the thread's stack, in the same
/// mapping (glibc nptl/allocatestack.c puts the descriptor at the stack's end).
inline std::uint64_t threadPointer() {
  std::uint64_t tp;
  asm("movq %%fs:0, %0" : "=r"(tp));
  return tp;
}

/// The processor's time stamp, ordered after every earlier load (Intel SDM, RDTSCP: "waits until all
/// previous instructions have executed and all previous loads are globally visible").
inline std::uint64_t timeStamp() {
  std::uint32_t low;
  std::uint32_t high;
  std::uint32_t cpu;
  asm volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(cpu)::"memory");
  return static_cast<std::uint64_t>(high) << 32 | low;
}

/// The same where there is no rdtscp (Intel SDM, RDTSC: "If software requires RDTSC to be executed only after
/// all previous instructions have executed and all previous loads are globally visible, it can execute LFENCE
/// immediately before RDTSC"). So does the kernel's vDSO, also for AMD's processors, whose LFENCE it makes
/// wait.
inline std::uint64_t fencedTimeStamp() {
  std::uint32_t low;
  std::uint32_t high;
  asm volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory");
  return static_cast<std::uint64_t>(high) << 32 | low;
}

/// Asks for the cache line at `address`, to be written soon. Harmless at any address; processors without the
/// instruction take it for a no-op (Intel SDM, PREFETCHW).
inline void prefetchForWrite(const void* address) {
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
}

inline void pauseBriefly() { asm volatile("pause"); }

}  // namespace heaptap::capture::arch
