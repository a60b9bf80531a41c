// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>

#include "tests/fuzz/subject.h"

namespace heaptap::fuzz {

/// One to eight changes: bytes and words replaced by random and by notable ones, pieces moved, repeated, left
/// out. The same for the same state of `random`.
[[nodiscard]] Bytes mutated(const Bytes& seed, std::mt19937_64& random);

}  // namespace heaptap::fuzz
