// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/wishes.h"

namespace heaptap::capture {

std::uint64_t bytesIn(const char* text, std::uint64_t most) {
  std::uint64_t number = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    number = number * 10 + static_cast<std::uint64_t>(*text - '0');
    if (number > most) return 0;
  }
  const unsigned shift = *text == 'K' ? 10 : *text == 'M' ? 20 : *text == 'G' ? 30 : 0;
  if (shift != 0) ++text;
  if (shift != 0 && text[0] == 'i' && text[1] == 'B') text += 2;
  return *text != 0 || number > most >> shift ? 0 : number << shift;
}

}  // namespace heaptap::capture
