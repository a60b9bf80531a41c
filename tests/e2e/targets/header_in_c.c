/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled only: heaptap.h as strict C99. */
#include <heaptap.h>

int useAll(void);

int useAll(void) {
  heaptap_mark("here");
  heaptap_pause();
  heaptap_resume();
  heaptap_allocated(heaptap_register_heap("pool"), "", 1);
  heaptap_freed(heaptap_register_heap("pool"), "");
  return heaptap_is_recording();
}
