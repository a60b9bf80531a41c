// SPDX-License-Identifier: Apache-2.0
#include "proto/words/counter_words.h"

namespace heaptap {
inline namespace words {
namespace {

constexpr CounterWords kCounters[] = {
#define HEAPTAP_RELAY_TOTAL(member, field, noun, note, label, meaning) \
  {&v1::Summary::field, #member, label, meaning},
#include "base/relay_counters.def"
};

}  // namespace

std::span<const CounterWords> counterWords() { return kCounters; }

}  // namespace words
}  // namespace heaptap
