// SPDX-License-Identifier: Apache-2.0
#include "rpc/tls_files.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>

#include "rpc/private_file.h"

namespace heaptap::rpc {
namespace {

constexpr const char* kSystemCa = "/etc/ssl/certs/ca-certificates.crt";

/// Where keys have a passphrase: the user is not asked for it.
int noPassphrase(char*, int, int, void*) { return -1; }

Result<void> checkPair(const TlsFiles& files) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_method()), &SSL_CTX_free);
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(context.get(), &noPassphrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
    return failure(Code::Usage, files.certificate, "is no certificate in PEM");
  // It fails for a key that is none, and for one that is another certificate's.
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool isOther = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
    return failure(
        Code::Usage, files.key,
        isOther ? "is not the key of " + files.certificate : "is no key in PEM without a passphrase");
  }
  return {};
}

Result<void> checkCa(const std::string& file) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), &X509_STORE_free);
  if (X509_STORE_load_file(store.get(), file.c_str()) == 1) return {};
  return failure(Code::Usage, file, "has no certificate in PEM");
}

}  // namespace

std::string caOf(const std::string& given) { return given.empty() ? kSystemCa : given; }

Result<TlsTexts> readTlsFiles(const TlsFiles& files) {
  TlsTexts texts;
  if (files.certificate.empty() != files.key.empty())
    return failure(
        Code::Usage, files.certificate.empty() ? files.key : files.certificate,
        files.certificate.empty() ? "is a key without a certificate" : "is a certificate without a key",
        "give --tls-certificate and --tls-key");
  if (!files.certificate.empty()) {
    auto certificate = readPublicFile(files.certificate);
    if (!certificate) return tl::unexpected(std::move(certificate.error()));
    auto key = readPrivateFile(files.key);
    if (!key) return tl::unexpected(std::move(key.error()));
    if (auto checked = checkPair(files); !checked) return tl::unexpected(std::move(checked.error()));
    texts.certificate = std::move(*certificate);
    texts.key = std::move(*key);
  }
  if (!files.ca.empty()) {
    auto ca = readPublicFile(files.ca);
    if (!ca && ca.error().code == Code::NotFound && files.ca == kSystemCa)
      return failure(Code::NotFound, files.ca, "is missing, so nobody is trusted",
                     "install ca-certificates, or say --tls-ca FILE");
    if (!ca) return tl::unexpected(std::move(ca.error()));
    if (auto checked = checkCa(files.ca); !checked) return tl::unexpected(std::move(checked.error()));
    texts.ca = std::move(*ca);
  }
  return texts;
}

}  // namespace heaptap::rpc
