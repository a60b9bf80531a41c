// SPDX-License-Identifier: Apache-2.0
#include <heaptap/alloc.h>

void report(const char* who);

int main() {
  const auto* const selected = heaptap::detail::selectedAllocator();
  report(selected == nullptr ? "System by default" : selected->type);
}
