// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// Keys and certificates of a test's own, made by the `openssl` program.
class Certificates {
 public:
  /// Files in PEM.
  struct Pair {
    std::string certificate;
    std::string key;
  };

  /// With an authority of its own.
  Certificates();

  [[nodiscard]] std::string ca() const { return m_folder / "ca.pem"; }
  /// Signed by the authority. `names`: as OpenSSL's subjectAltName has them. `days`: negative: it has
  /// expired so many days ago.
  [[nodiscard]] Pair make(const std::string& name, const std::string& names = "DNS:localhost,IP:127.0.0.1",
                          int days = 2) const;
  /// A file of tokens, or whatever else is written, for its owner alone.
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    return m_folder.write(name, text);
  }

 private:
  TemporaryFolder m_folder;
};

}  // namespace heaptap::test
