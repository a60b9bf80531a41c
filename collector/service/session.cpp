// SPDX-License-Identifier: Apache-2.0
#include "collector/service/session.h"

#include <random>

namespace heaptap::service {

std::uint64_t openingNumber() {
  std::random_device random;
  // Not 0: that is the number of a caller that has asked for nothing yet.
  return (std::uint64_t{random()} << 32 | random()) | 1;
}

}  // namespace heaptap::service
