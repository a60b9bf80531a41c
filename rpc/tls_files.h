// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// Files in PEM. Empty: not wanted.
struct TlsFiles {
  std::string certificate = {};  ///< Of this side, with those between it and who is trusted.
  std::string key = {};          ///< Of the certificate. It must be readable for its owner alone.
  std::string ca = {};           ///< Who may have signed the other side's.
};

/// What the files hold.
struct TlsTexts {
  std::string certificate = {};
  std::string key = {};
  std::string ca = {};
};

/// Whom clients trust: the file given, else the system's.
[[nodiscard]] std::string caOf(const std::string& given);

/// Reads them, and makes sure that they are what they should be: gRPC says no more than that it fails.
/// Errors: as readPrivateFile(). Usage: one is missing, is no PEM, has a passphrase, or they do not belong
/// together.
[[nodiscard]] Result<TlsTexts> readTlsFiles(const TlsFiles& files);

}  // namespace heaptap::rpc
