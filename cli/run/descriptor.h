// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <utility>

namespace heaptap::cli {

/// Owns a file descriptor; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : m_number(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : m_number(std::exchange(other.m_number, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      m_number = std::exchange(other.m_number, -1);
    }
    return *this;
  }

  [[nodiscard]] int number() const { return m_number; }
  [[nodiscard]] explicit operator bool() const { return m_number >= 0; }
  void reset() {
    if (m_number >= 0) close(m_number);
    m_number = -1;
  }

 private:
  int m_number = -1;
};

}  // namespace heaptap::cli
