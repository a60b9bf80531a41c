// SPDX-License-Identifier: Apache-2.0
#include "agent/interpose/real_operators.h"

namespace heaptap::interpose {

constinit RealOperators g_realOperators = {};

namespace {

bool holds(const heaptap_code& object, const void* code) {
  const auto address = reinterpret_cast<std::uintptr_t>(code);
  return address >= object.start && address < object.end;
}

/// Finds the operators one after the other, in which objects they are, and whether all go through here.
class Search {
 public:
  Search()
      : m_here(heaptap_code_at(&g_realOperators)),
        // std::get_new_handler: only the C++ library has that.
        m_library(heaptap_code_at(heaptap_next_symbol("_ZSt15get_new_handlerv", nullptr))) {
    // The C++ library's operators call these: a malloc that lies in front of heaptap's is not to be left out.
    for (const char* const name : {"malloc", "free", "aligned_alloc"})
      if (!holds(m_here, heaptap_next_symbol(name, nullptr))) m_allComeHere = false;
  }

  template <class Function>
  void find(Function& function, const char* name) {
    void* const next = heaptap_next_symbol(name, &g_realOperators);
    function = reinterpret_cast<Function>(next);
    if (!holds(m_here, heaptap_next_symbol(name, nullptr))) m_allComeHere = false;
    if (next == nullptr) return;
    m_found = true;
    // Of one allocator; what lies elsewhere reports itself.
    if (!holds(m_library, next) && m_allocator.end == 0) m_allocator = heaptap_code_at(next);
  }

  [[nodiscard]] OperatorMode mode() const {
    using Mode = OperatorMode;
    if (!m_allComeHere || !m_found) return Mode::Aside;
    return m_allocator.end == 0 ? Mode::Direct : Mode::Around;
  }
  [[nodiscard]] heaptap_layer allocator() const { return {{m_here, m_allocator, {0, 0}}}; }
  [[nodiscard]] heaptap_layer all() const { return {{m_here, m_allocator, m_library}}; }

 private:
  heaptap_code m_here;
  heaptap_code m_library;
  heaptap_code m_allocator{0, 0};
  bool m_allComeHere = true;
  bool m_found = false;
};

}  // namespace

// Two threads may do this at once: they write the same values.
void findRealOperators() {
  realAllocator();  // Whoever calls malloc in their place does not ask whether that is known.
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
  real.allocator = search.allocator();
  real.all = search.all();
  g_real.operators.store(search.mode(), std::memory_order_release);
}

}  // namespace heaptap::interpose
