// SPDX-License-Identifier: Apache-2.0
#include "proto/words/origin_name.h"

namespace heaptap {
inline namespace words {
namespace {

// The contract has the same entry points, under the same numbers.
#define HEAPTAP_ORIGIN(NUMBER, NAME, CPP_NAME, FAMILY, DECLARES, WORDS) \
  static_assert(v1::ORIGIN_##NAME == NUMBER);
#include "agent/include/heaptap/origins.def"
#undef HEAPTAP_ORIGIN
#define HEAPTAP_ORIGIN(NUMBER, NAME, CPP_NAME, FAMILY, DECLARES, WORDS) +1
constexpr int kListed =
#include "agent/include/heaptap/origins.def"
    ;
#undef HEAPTAP_ORIGIN
static_assert(v1::Origin_ARRAYSIZE == kListed);

}  // namespace

std::string_view originName(v1::Origin origin) {
  switch (origin) {
#define HEAPTAP_ORIGIN(NUMBER, NAME, CPP_NAME, FAMILY, DECLARES, WORDS) \
  case v1::ORIGIN_##NAME:                                               \
    return WORDS;
#include "agent/include/heaptap/origins.def"
#undef HEAPTAP_ORIGIN
    default: return "unknown";
  }
}

}  // namespace words
}  // namespace heaptap
