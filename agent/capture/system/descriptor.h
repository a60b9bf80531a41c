// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/capture/system/kernel.h"

namespace heaptap::capture {

/// A descriptor that is closed at the end of the block; the target must not see it any longer than needed.
class Descriptor {
 public:
  explicit Descriptor(long number) : m_number(number) {}
  ~Descriptor() {
    if (m_number >= 0) kernel::close(m_number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool valid() const { return m_number >= 0; }
  [[nodiscard]] int number() const { return static_cast<int>(m_number); }

 private:
  long m_number;
};

}  // namespace heaptap::capture
