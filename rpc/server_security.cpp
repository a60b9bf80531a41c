// SPDX-License-Identifier: Apache-2.0
#include "rpc/server_security.h"

#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <string_view>
#include <utility>

#include "rpc/tls_files.h"

namespace heaptap::rpc {
namespace {

constexpr const char* kHeader = "authorization";
constexpr std::string_view kScheme = "Bearer ";

/// Asks each call for a token before the server looks at it.
class TokenCheck final : public grpc::AuthMetadataProcessor {
 public:
  explicit TokenCheck(std::shared_ptr<TokenFile> tokens) : m_tokens(std::move(tokens)) {}
  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext*, OutputMetadata* consumed,
                       OutputMetadata*) override {
    const auto found = metadata.find(kHeader);
    if (found == metadata.end()) return {grpc::StatusCode::UNAUTHENTICATED, "a token is needed"};
    const std::string_view value(found->second.data(), found->second.size());
    if (!value.starts_with(kScheme) || !m_tokens->accepts(value.substr(kScheme.size())))
      return {grpc::StatusCode::UNAUTHENTICATED, "the token is not known"};
    consumed->emplace(kHeader, std::string(value));
    return grpc::Status::OK;
  }

 private:
  const std::shared_ptr<TokenFile> m_tokens;
};

}  // namespace

Result<ServerSecurity> ServerSecurity::open(const ServerFiles& files, TokenFile::OnProblem onProblem) {
  ServerSecurity security;
  security.m_files = files;
  if (!files.clientCa.empty() && files.certificate.empty())
    return failure(Code::Usage, files.clientCa, "clients have certificates only where TLS is spoken",
                   "give --tls-certificate and --tls-key, too");
  const auto texts = readTlsFiles({.certificate = files.certificate, .key = files.key, .ca = files.clientCa});
  if (!texts) return tl::unexpected(texts.error());
  if (!files.tokens.empty()) {
    auto tokens = TokenFile::open(files.tokens, std::move(onProblem));
    if (!tokens) return tl::unexpected(std::move(tokens.error()));
    security.m_tokens = std::move(*tokens);
  }
  return security;
}

std::shared_ptr<grpc::ServerCredentials> ServerSecurity::guarded(
    std::shared_ptr<grpc::ServerCredentials> inner) const {
  if (m_tokens) inner->SetAuthMetadataProcessor(std::make_shared<TokenCheck>(m_tokens));
  return inner;
}

std::shared_ptr<grpc::ServerCredentials> ServerSecurity::forUnix() const {
  // Those of the loopback read nothing else from a connection than those without security, but can be
  // guarded.
  return m_tokens ? guarded(grpc::experimental::LocalServerCredentials(UDS))
                  : grpc::InsecureServerCredentials();
}

std::shared_ptr<grpc::ServerCredentials> ServerSecurity::forTcp() const {
  if (!isTls())
    return m_tokens ? guarded(grpc::experimental::LocalServerCredentials(LOCAL_TCP))
                    : grpc::InsecureServerCredentials();
  namespace tls = grpc::experimental;
  const auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(
      m_files.key, m_files.certificate, m_files.clientCa, kLookSeconds);
  tls::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (!m_files.clientCa.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return guarded(tls::TlsServerCredentials(options));
}

}  // namespace heaptap::rpc
