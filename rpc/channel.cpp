// SPDX-License-Identifier: Apache-2.0
#include "rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "rpc/address.h"
#include "rpc/client_security.h"
#include "rpc/private_file.h"
#include "rpc/tls_files.h"
#include "rpc/token_file.h"

namespace heaptap::rpc {
namespace {

/// Adds the token to each call, as it is in its file by then.
class TokenPlugin final : public grpc::MetadataCredentialsPlugin {
 public:
  explicit TokenPlugin(std::shared_ptr<TokenFile> file) : m_file(std::move(file)) {}
  bool IsBlocking() const override { return false; }
  const char* GetType() const override { return "heaptap"; }
  grpc::Status GetMetadata(grpc::string_ref, grpc::string_ref, const grpc::AuthContext&,
                           std::multimap<grpc::string, grpc::string>* metadata) override {
    metadata->emplace("authorization", "Bearer " + m_file->first());
    return grpc::Status::OK;
  }

 private:
  const std::shared_ptr<TokenFile> m_file;
};

Result<std::shared_ptr<grpc::ChannelCredentials>> tlsCredentials(const ClientSecurity& security) {
  const TlsFiles files{.certificate = security.certificate, .key = security.key, .ca = caOf(security.ca)};
  auto texts = readTlsFiles(files);
  if (!texts) return tl::unexpected(std::move(texts.error()));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(texts->ca);
  options.pem_private_key = std::move(texts->key);
  options.pem_cert_chain = std::move(texts->certificate);
  auto credentials = grpc::SslCredentials(options);
  if (!credentials) return failure(Code::Usage, files.ca, "gRPC does not take these certificates");
  return credentials;
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> openChannel(const std::string& address,
                                                   grpc::ChannelArguments arguments) {
  if (isTls(address) && !hostAndPort(address))
    return failure(Code::Usage, address, "not the address of a collector",
                   std::string("give ") + kAddressForms);
  auto security = securityFor(address);
  if (!security) return tl::unexpected(std::move(security.error()));
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (isTls(address)) {
    auto tls = tlsCredentials(*security);
    if (!tls) return tl::unexpected(std::move(tls.error()));
    credentials = std::move(*tls);
    if (!security->serverName.empty()) arguments.SetSslTargetNameOverride(security->serverName);
  }
  if (!security->tokenFile.empty()) {
    if (!isTls(address) && !isLocal(address))
      return failure(Code::NotPermitted, address,
                     "the token in " + security->tokenFile + " would be readable on its way there",
                     "write tls://" + address + ", or unset HEAPTAP_TOKEN_FILE");
    auto tokens = TokenFile::open(security->tokenFile);
    if (!tokens) return tl::unexpected(std::move(tokens.error()));
    // gRPC itself makes sure that the connection stays on this machine.
    if (!isTls(address))
      credentials = grpc::experimental::LocalCredentials(isUnix(address) ? UDS : LOCAL_TCP);
    credentials = grpc::CompositeChannelCredentials(
        credentials, grpc::experimental::MetadataCredentialsFromPlugin(
                         std::make_unique<TokenPlugin>(std::move(*tokens)),
                         isTls(address) ? GRPC_PRIVACY_AND_INTEGRITY : GRPC_SECURITY_NONE));
  }
  return grpc::CreateCustomChannel(targetOf(address), credentials, arguments);
}

}  // namespace heaptap::rpc
