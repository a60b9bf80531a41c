// SPDX-License-Identifier: Apache-2.0
#include "rpc/tls_diagnosis.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <csignal>
#include <ctime>
#include <memory>

#include "base/unique_fd.h"
#include "rpc/address.h"
#include "rpc/client_security.h"
#include "rpc/tls_files.h"

namespace heaptap::rpc {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using Context = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Release<SSL_free>>;

constexpr timeval kPatience{2, 0};

/// With limits for each step. Empty: no process listens there.
UniqueFd connectedTo(const HostAndPort& where) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, Release<::freeaddrinfo>> owner(found);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    UniqueFd socket(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) continue;
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    if (::connect(socket.get(), each->ai_addr, each->ai_addrlen) == 0) return socket;
  }
  return {};
}

/// OpenSSL writes without MSG_NOSIGNAL. A signal that was not pending before is taken away again.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t pending;
    sigpending(&pending);
    m_wasPending = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&m_pipe);
    sigaddset(&m_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &m_pipe, &m_before);
  }
  ~NoSigpipe() {
    constexpr timespec kNow{};
    if (!m_wasPending) (void)sigtimedwait(&m_pipe, nullptr, &kNow);
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t m_pipe{};
  sigset_t m_before{};
  bool m_wasPending = false;
};

std::string dateOf(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "some day";
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts)};
}

/// What a handshake has shown before it failed.
struct Shown {
  std::string validUntil;  ///< Of the certificate that is mistrusted: the collector's, or its signer's.
  bool wantsClientCertificate = false;  ///< The collector has asked for one.
};

Shown& shownBy(SSL* connection) { return *static_cast<Shown*>(SSL_get_ex_data(connection, 0)); }

int onCertificate(int isTrusted, X509_STORE_CTX* store) {
  auto* const connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const X509* const certificate = X509_STORE_CTX_get_current_cert(store);
  if (isTrusted == 0 && certificate != nullptr)
    shownBy(connection).validUntil = dateOf(X509_get0_notAfter(certificate));
  return isTrusted;
}

int onWish(SSL* connection, void*) {
  shownBy(connection).wantsClientCertificate = true;
  return 1;
}

/// What SSL_get_verify_result() says, in the reader's words.
Error mistrust(const std::string& address, const std::string& name, const SSL* connection,
               const Shown& shown) {
  const long why = SSL_get_verify_result(connection);
  const auto says = [&](std::string what, std::string remedy) {
    return Error{Code::NotPermitted, address, std::move(what), std::move(remedy)};
  };
  switch (why) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return says("the collector's certificate, or its signer's, was valid until " + shown.validUntil,
                  "the collector needs a new one");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return says("the collector's certificate is not yet valid", "check the clocks of both machines");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return says("the collector's certificate is not for " + name,
                  "use the name that is in it, or say --tls-server-name NAME");
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return says("the collector's certificate is signed by nobody who is trusted here",
                  "say --tls-ca FILE, with the certificate of who has signed it");
    default:
      return says(
          std::string("the collector's certificate is no good: ") + X509_verify_cert_error_string(why),
          "the collector needs another one");
  }
}

/// The alert that the other side has sent, if that is what went wrong.
int alertIn(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  return ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET &&
                 reason <= SSL_AD_REASON_OFFSET + 255
             ? reason - SSL_AD_REASON_OFFSET
             : 0;
}

/// A collector that has asked for a certificate, and breaks off then.
Error refusal(const std::string& address, bool hasCertificate) {
  if (!hasCertificate)
    return {Code::NotPermitted, address, "the collector wants a certificate of its clients",
            "say --tls-certificate and --tls-key"};
  return {Code::NotPermitted, address, "the collector does not take this client's certificate",
          "ask for one that is valid, and signed by who the collector trusts"};
}

/// By a handshake in which no certificate is looked at. None: the other side speaks no TLS.
std::optional<Error> diagnosePlain(const std::string& address, const UniqueFd& socket) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  const Connection connection(SSL_new(context.get()));
  SSL_set_fd(connection.get(), socket.get());
  const bool speaks = SSL_connect(connection.get()) == 1 || alertIn(ERR_peek_last_error()) != 0;
  if (!speaks) return std::nullopt;
  return Error{Code::Unavailable, address, "TLS is spoken there", "write tls://" + address};
}

std::optional<Error> diagnoseSecure(const std::string& address, const HostAndPort& where,
                                    const UniqueFd& socket) {
  const auto security = securityFor(address);
  if (!security) return security.error();
  const std::string ca = caOf(security->ca);
  const Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_load_verify_file(context.get(), ca.c_str());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, &onCertificate);
  SSL_CTX_set_cert_cb(context.get(), &onWish, nullptr);
  if (!security->certificate.empty()) {
    SSL_CTX_use_certificate_chain_file(context.get(), security->certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), security->key.c_str(), SSL_FILETYPE_PEM);
  }
  const Connection connection(SSL_new(context.get()));
  Shown shown;
  SSL_set_ex_data(connection.get(), 0, &shown);
  const std::string name = security->serverName.empty() ? where.host : security->serverName;
  unsigned char ignored[16];
  const bool isNumber =
      ::inet_pton(AF_INET, name.c_str(), ignored) == 1 || ::inet_pton(AF_INET6, name.c_str(), ignored) == 1;
  if (isNumber) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection.get()), name.c_str());
  } else {
    SSL_set1_host(connection.get(), name.c_str());
    std::string sent = name;  // SSL_set_tlsext_host_name(), which is a macro with a cast of C.
    SSL_ctrl(connection.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, sent.data());
  }
  constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  SSL_set_alpn_protos(connection.get(), kHttp2, sizeof kHttp2);
  SSL_set_fd(connection.get(), socket.get());
  ERR_clear_error();
  int status = SSL_connect(connection.get());
  if (status == 1) {
    // In TLS 1.3 a client is refused after its side of the handshake is done.
    char byte = 0;
    status = SSL_read(connection.get(), &byte, 1);
    if (status == 1) return std::nullopt;
  }
  if (SSL_get_verify_result(connection.get()) != X509_V_OK)
    return mistrust(address, name, connection.get(), shown);
  const unsigned long error = ERR_peek_last_error();
  const int kind = SSL_get_error(connection.get(), status);
  const bool isSilent = kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE;
  if (shown.wantsClientCertificate && !isSilent) return refusal(address, !security->certificate.empty());
  if (kind != SSL_ERROR_SSL || ERR_GET_LIB(error) != ERR_LIB_SSL ||
      SSL_get_state(connection.get()) == TLS_ST_OK)
    return std::nullopt;
  if (alertIn(error) != 0)
    return Error{Code::NotPermitted, address, "the collector breaks off TLS",
                 "perhaps it speaks other versions of it, or another name was expected"};
  return Error{Code::Unavailable, address, "what answers there does not speak TLS",
               "leave tls:// out, or start heaptapd with --tls-certificate"};
}

}  // namespace

std::optional<Error> diagnoseTls(const std::string& address) {
  const auto where = hostAndPort(address);
  if (!where) return std::nullopt;
  const UniqueFd socket = connectedTo(*where);
  if (!socket) return std::nullopt;
  const NoSigpipe guard;
  ERR_clear_error();
  return isTls(address) ? diagnoseSecure(address, *where, socket) : diagnosePlain(address, socket);
}

}  // namespace heaptap::rpc
