// SPDX-License-Identifier: Apache-2.0
// Who writes past the end of a block? A guarded allocator says so, with the stack that allocated it.
#include <heaptap/alloc.h>

#include <cstdio>

namespace {

void onError(const heaptap::GuardReport& report) noexcept {
  if (report.kind != heaptap::GuardReport::Kind::Overrun) return;
  std::printf("one byte past the end of %zu bytes, offset %td, allocated from %zu frames:\n",
              report.allocated.size(), report.offset, report.allocationStack.size());
  for (void* const frame : report.allocationStack)
    std::printf("  %p\n", frame);  // addr2line knows their names.
}

// Without the options it writes a line itself, and ends the program.
constinit heaptap::Guarded<heaptap::System> g_guard{
    heaptap::GuardOptions{.report = &onError, .then = heaptap::GuardOptions::Then::GoOn}};

}  // namespace

int main() {
  const heaptap::Layout layout = *heaptap::Layout::array<char>(16);
  auto* const text = static_cast<char*>(g_guard.alloc(layout));
  if (text == nullptr) return 1;
  for (int i = 0; i <= 16; ++i) text[i] = 'x';  // One too many.
  g_guard.dealloc(text, layout);
}
