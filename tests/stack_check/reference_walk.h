// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include <cstdint>

namespace heaptap::stack_check {

/// libunwind for this library alone: its `_Unwind_…` functions must not become the program's.
struct Reference {
  decltype(&_Ux86_64_getcontext) getContext;
  decltype(&unw_init_local) initLocal;
  decltype(&unw_step) step;
  decltype(&unw_get_reg) getRegister;
  decltype(&unw_is_signal_frame) isSignalFrame;
  decltype(&unw_get_proc_info_by_ip) procedureAt;
  decltype(&unw_flush_cache) flushCache;
  unw_addr_space_t space;
};

/// Blocks all signals of the thread. libunwind is not for signal handlers: one that interrupts it and walks
/// its stack too spoils what it remembers; and while the loader's lock is being taken, it would wait for
/// itself.
class NoSignals {
 public:
  NoSignals();
  ~NoSignals();
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t m_before;
};

/// Null until it is loaded.
const Reference* reference();
/// Loads it. Allocates; in a constructor.
void loadReference();
/// Forgets what libunwind remembers of binaries, when some were loaded or unloaded: it does not notice.
void refreshReference();

/// Has libunwind unwind information for the instruction at `address`?
bool hasUnwindInformation(std::uint64_t address);

struct ReferenceFrame {
  std::uint64_t pc;
  std::uint64_t sp;
  bool exact;  ///< Below a signal frame: pc is the interrupted instruction.
};

/// Walks from this very function outward. `visit` is called for each frame, until it returns false.
template <class Visit>
[[gnu::noinline]] void walkReference(const Reference& unwind, const Visit& visit) {
  unw_context_t context;
  unw_cursor_t cursor;
  unwind.getContext(&context);
  if (unwind.initLocal(&cursor, &context) != 0) return;
  ReferenceFrame frame{};
  do {
    if (unwind.getRegister(&cursor, UNW_REG_IP, &frame.pc) != 0 || frame.pc == 0) return;
    if (unwind.getRegister(&cursor, UNW_REG_SP, &frame.sp) != 0) return;
    // True of the frame that was interrupted, not of the trampoline's.
    frame.exact = unwind.isSignalFrame(&cursor) > 0;
    if (!visit(frame)) return;
  } while (unwind.step(&cursor) > 0);
}

}  // namespace heaptap::stack_check
