// SPDX-License-Identifier: Apache-2.0
#include "agent/interpose/real_operators.h"

namespace heaptap::interpose {

constinit RealOperators g_realOperators = {};
constinit std::atomic<bool> g_realOperatorsAreKnown{false};

namespace {

bool holds(const heaptap_layer& object, const void* code) {
  const auto address = reinterpret_cast<std::uintptr_t>(code);
  return address >= object.start && address < object.end;
}

/// Finds the operators one after the other, and whether all come from the same place and go through here.
class Search {
 public:
  Search() : m_here(heaptap_layer_of(&g_realOperators)) {}

  template <class Function>
  void find(Function& function, const char* name) {
    void* const next = heaptap_next_symbol(name, &g_realOperators);
    function = reinterpret_cast<Function>(next);
    if (!holds(m_here, heaptap_next_symbol(name, nullptr))) m_together = false;
    if (next == nullptr) return;
    if (m_code.end == 0) m_code = heaptap_layer_of(next);
    if (!holds(m_code, next)) m_together = false;
  }

  [[nodiscard]] RealOperators::Mode mode() const {
    using Mode = RealOperators::Mode;
    if (!m_together || m_code.end == 0) return Mode::Aside;
    // std::get_new_handler: only the C++ library has that.
    const bool isLibrarys = holds(m_code, heaptap_next_symbol("_ZSt15get_new_handlerv", nullptr));
    return isLibrarys ? Mode::Direct : Mode::Around;
  }
  [[nodiscard]] heaptap_layer code() const { return m_code; }

 private:
  heaptap_layer m_here;
  heaptap_layer m_code{0, 0};
  bool m_together = true;
};

}  // namespace

// Two threads may do this at once: they write the same values.
void findRealOperators() {
  RealOperators& real = g_realOperators;
  Search search;
  search.find(real.plain, "_Znwm");
  search.find(real.array, "_Znam");
  search.find(real.nothrow, "_ZnwmRKSt9nothrow_t");
  search.find(real.arrayNothrow, "_ZnamRKSt9nothrow_t");
  search.find(real.aligned, "_ZnwmSt11align_val_t");
  search.find(real.arrayAligned, "_ZnamSt11align_val_t");
  search.find(real.alignedNothrow, "_ZnwmSt11align_val_tRKSt9nothrow_t");
  search.find(real.arrayAlignedNothrow, "_ZnamSt11align_val_tRKSt9nothrow_t");
  search.find(real.drop, "_ZdlPv");
  search.find(real.dropArray, "_ZdaPv");
  search.find(real.dropSized, "_ZdlPvm");
  search.find(real.dropArraySized, "_ZdaPvm");
  search.find(real.dropAligned, "_ZdlPvSt11align_val_t");
  search.find(real.dropArrayAligned, "_ZdaPvSt11align_val_t");
  search.find(real.dropSizedAligned, "_ZdlPvmSt11align_val_t");
  search.find(real.dropArraySizedAligned, "_ZdaPvmSt11align_val_t");
  search.find(real.dropNothrow, "_ZdlPvRKSt9nothrow_t");
  search.find(real.dropArrayNothrow, "_ZdaPvRKSt9nothrow_t");
  search.find(real.dropAlignedNothrow, "_ZdlPvSt11align_val_tRKSt9nothrow_t");
  search.find(real.dropArrayAlignedNothrow, "_ZdaPvSt11align_val_tRKSt9nothrow_t");
  real.code = search.code();
  real.mode = search.mode();
  g_realOperatorsAreKnown.store(true, std::memory_order_release);
}

}  // namespace heaptap::interpose
