// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "rpc/token_file.h"

namespace heaptap::rpc {

/// How a collector lets its clients in. Empty: not asked for.
struct ServerFiles {
  std::string certificate = {};  ///< With its key: what comes by TCP speaks TLS.
  std::string key = {};
  std::string clientCa = {};  ///< Clients must have a certificate that one of these has signed. By TLS only.
  std::string tokens = {};    ///< Each call must have one of them, whatever way it comes.
};

/// The credentials of a collector's sockets: the one place where calls are let in or refused, before any
/// service sees them. Files are read again when they have changed: tokens with the next call, certificates
/// within seconds; what was let in before stays.
/// Threads: any.
class ServerSecurity {
 public:
  /// Everyone is let in, and nothing is encrypted.
  ServerSecurity() = default;

  /// How soon new certificates are taken.
  static constexpr unsigned kLookSeconds = 5;

  /// `onProblem`: told when changed tokens cannot be used; the ones before stay.
  /// Errors: as readTlsFiles() and TokenFile::open(). Usage: what makes no sense together.
  [[nodiscard]] static Result<ServerSecurity> open(const ServerFiles& files,
                                                   TokenFile::OnProblem onProblem = {});

  [[nodiscard]] bool isTls() const { return !m_files.certificate.empty(); }
  [[nodiscard]] bool hasTokens() const { return m_tokens != nullptr; }
  /// Strangers are kept out: by tokens, or by certificates.
  [[nodiscard]] bool asksWho() const { return m_tokens != nullptr || !m_files.clientCa.empty(); }

  /// For Unix sockets, or for TCP sockets. Tokens without TLS are taken from this machine alone.
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> forUnix() const;
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> forTcp() const;

 private:
  std::shared_ptr<grpc::ServerCredentials> guarded(std::shared_ptr<grpc::ServerCredentials> inner) const;

  ServerFiles m_files;
  std::shared_ptr<TokenFile> m_tokens;  ///< Null: none is asked for.
};

}  // namespace heaptap::rpc
