// SPDX-License-Identifier: Apache-2.0
// Recording starts and stops by signals of the program's own choice: 10 blocks, then 20 in a pause, then 30.
#include <signal.h>
#include <stdlib.h>

#include "agent/include/heaptap.h"
#include "sink.h"

namespace {

void onPause(int) { heaptap_pause(); }
void onResume(int) { heaptap_resume(); }

void allocate(int count) {
  for (int i = 0; i < count; ++i) use(malloc(70));
}

}  // namespace

int main() {
  heaptap_is_recording();  // Looks the library up, which handlers must not.
  signal(SIGUSR1, onPause);
  signal(SIGUSR2, onResume);
  allocate(10);
  raise(SIGUSR1);
  allocate(20);
  raise(SIGUSR2);
  allocate(30);
}
