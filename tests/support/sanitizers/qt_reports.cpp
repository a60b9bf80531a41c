// SPDX-License-Identifier: Apache-2.0
// Leaves out what ThreadSanitizer reports of Qt's own memory. The distribution's Qt is not instrumented, and
// its mutexes are futexes of its own: what they guard looks like a race where Qt touches it through libc. A
// suppression cannot say that: by library it would leave out all that Qt calls, and with called_from_lib
// the order that Qt establishes between our threads would be lost.
#include <dlfcn.h>

#include <array>
#include <cstring>

extern "C" int __tsan_get_report_mop(void* report, unsigned long index, int* thread,
                                     void** address,  // NOLINT
                                     int* size, int* write, int* atomic, void** trace,
                                     unsigned long traceSize);

namespace {

/// Whether an access was made by Qt: the innermost frame but for the sanitizer's interceptors.
bool isByQt(const std::array<void*, 16>& trace) {
  for (void* const pc : trace) {
    Dl_info place{};
    if (pc == nullptr || dladdr(pc, &place) == 0 || place.dli_fname == nullptr) return false;
    if (std::strstr(place.dli_fname, "/libtsan.") == nullptr)
      return std::strstr(place.dli_fname, "/libQt6Core.") != nullptr;
  }
  return false;
}

}  // namespace

namespace __tsan {  // NOLINT: the sanitizer's own.

class ReportDesc;

/// Called by the sanitizer for each report. Returns whether it is left out.
__attribute__((visibility("default"))) bool OnReport(const ReportDesc* report, bool suppressed);  // NOLINT
bool OnReport(const ReportDesc* report, bool suppressed) {
  for (unsigned long access = 0; access < 2; ++access) {
    int thread = 0;
    int size = 0;
    int write = 0;
    int atomic = 0;
    void* address = nullptr;
    std::array<void*, 16> trace{};
    if (__tsan_get_report_mop(const_cast<ReportDesc*>(report), access, &thread, &address, &size, &write,
                              &atomic, trace.data(), trace.size()) == 0 ||
        size == 0 || !isByQt(trace))
      return suppressed;
  }
  return true;
}

}  // namespace __tsan
