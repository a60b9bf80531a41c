// SPDX-License-Identifier: Apache-2.0
#include "proto/words/drop_words.h"

namespace heaptap {
inline namespace words {

DropWords dropWords(v1::DropReason reason) {
  switch (reason) {
    case v1::DROP_ROOM:
      return {"room", "the program was faster than heaptap",
              "with `run --exact` it waits, with a larger `--max-stall` longer than now"};
    case v1::DROP_BUFFER_FULL:
      return {"bufferFull", "the buffer file was full", "a larger HEAPTAP_BUFFER_SIZE makes room for more"};
    case v1::DROP_NESTING:
      return {"nesting", "signal handlers interrupted heaptap within one another, too deep",
              "an sa_mask that blocks the other signals keeps them apart"};
    case v1::DROP_SANDBOX:
      return {"sandbox", "threads under seccomp cannot wait for heaptap", "`run --sample` needs less room"};
    case v1::DROP_MEMORY:
      return {"memory", "the program had no memory left for what heaptap needs for a thread",
              "a higher limit (`ulimit -v`, `ulimit -l`) leaves room for it"};
    case v1::DROP_THREADS:
      return {"threads", "more threads ran at once than heaptap has places for",
              "with fewer at the same time each is recorded"};
    default: break;
  }
  return {"unknown", "of something that the record does not name", "a newer heaptap may know it"};
}

}  // namespace words
}  // namespace heaptap
