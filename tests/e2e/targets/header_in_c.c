/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled only: heaptap.h as strict C99. */
#include <heaptap.h>

int useAll(void);

int useAll(void) {
  heaptap_mark("here");
  heaptap_pause();
  heaptap_resume();
  return heaptap_is_recording();
}
