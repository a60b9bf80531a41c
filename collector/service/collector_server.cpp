// SPDX-License-Identifier: Apache-2.0
#include "collector/service/collector_server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>

#include <mutex>
#include <utility>

#include "collector/service/acceptor.h"
#include "collector/service/control_service.h"
#include "collector/service/free_descriptors.h"
#include "collector/service/ingest_service.h"
#include "collector/service/listen_address.h"
#include "collector/service/query_service.h"
#include "rpc/address.h"

namespace heaptap::service {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;

/// A connection that says nothing is closed after this time; where descriptors are few, one without a call,
/// too: a client connects again by itself.
constexpr int kMaxIdleMs = 10'000;
constexpr std::size_t kManyDescriptors = 4096;

/// Sockets made while it lives are accessible to this user only. The mask belongs to the whole process,
/// so two servers must not start at the same time.
class PrivateSockets {
 public:
  PrivateSockets() : m_lock(s_mutex), m_before(::umask(0177)) {}
  ~PrivateSockets() { ::umask(m_before); }
  PrivateSockets(const PrivateSockets&) = delete;
  PrivateSockets& operator=(const PrivateSockets&) = delete;

 private:
  static inline std::mutex s_mutex;
  std::lock_guard<std::mutex> m_lock;
  mode_t m_before;
};

}  // namespace

struct CollectorServer::Parts {
  explicit Parts(const CollectorOptions& options)
      : recorder(options, registry), ingest(recorder), query(registry), control(registry) {}
  ~Parts() { stopListening(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void stopListening() {
    acceptors.clear();
    for (const ListeningSockets::Entry& entry : std::exchange(entries, {})) removeEntry(entry);
  }
  /// Sockets by how one is let in there.
  struct Sockets {
    std::vector<UniqueFd> unixSockets;
    std::vector<UniqueFd> tcpSockets;
  };
  /// Errors: AlreadyExists: one cannot listen at one of them.
  Result<Sockets> listen(const std::vector<std::string>& where, bool isTls) {
    const PrivateSockets guard;
    Sockets sockets;
    for (const std::string& address : where) {
      auto listening = listenAt(address);
      if (!listening) return tl::unexpected(listening.error());
      const bool isUnix = rpc::isUnix(address);
      addresses.push_back((isTls && !isUnix ? std::string(rpc::kTls) : std::string()) + listening->address);
      entries.push_back(std::move(listening->entry));
      for (UniqueFd& socket : listening->sockets)
        (isUnix ? sockets.unixSockets : sockets.tcpSockets).push_back(std::move(socket));
    }
    return sockets;
  }

  SessionRegistry registry;
  Recorder recorder;
  IngestService ingest;
  QueryService query;
  ControlService control;
  std::vector<std::string> addresses;
  std::vector<ListeningSockets::Entry> entries;
  std::unique_ptr<grpc::Server> server;
  std::vector<std::unique_ptr<Acceptor>> acceptors;  ///< One for each kind of address.
  std::once_flag shutdown;
};

CollectorServer::CollectorServer(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

CollectorServer::~CollectorServer() { shutdown(); }

Result<std::unique_ptr<CollectorServer>> CollectorServer::start(CollectorOptions options) {
  if (!options.addresses.empty()) {
    if (auto storable = SessionNames(options.files).check(); !storable)
      return tl::unexpected(storable.error());
  }
  for (const std::string& address : options.addresses) {
    if (auto usable = checkAddress(address); !usable) return tl::unexpected(usable.error());
  }
  auto parts = std::make_unique<Parts>(options);
  // Before a connection is accepted: a relay that comes back must find its session.
  parts->recorder.takeOverAll();
  const rpc::ServerSecurity security = options.security.value_or(rpc::ServerSecurity());
  auto sockets = parts->listen(options.addresses, security.isTls());
  if (!sockets) return tl::unexpected(sockets.error());
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  rpc::apply(options.keepAlive, builder);
  if (freeDescriptors() < kManyDescriptors)
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kMaxIdleMs);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kMaxIdleMs);
  builder.RegisterService(&parts->ingest);
  builder.RegisterService(&parts->query);
  builder.RegisterService(&parts->control);
  using Builder = grpc::ServerBuilder::experimental_type;
  const auto accepting = [&](const std::vector<UniqueFd>& some, auto&& credentials) {
    return some.empty() ? nullptr
                        : builder.experimental().AddExternalConnectionAcceptor(
                              Builder::ExternalConnectionType::FROM_FD, credentials());
  };
  auto byUnix = accepting(sockets->unixSockets, [&] { return security.forUnix(); });
  auto byTcp = accepting(sockets->tcpSockets, [&] { return security.forTcp(); });
  parts->server = builder.BuildAndStart();
  if (!parts->server) return failure(Code::Internal, "gRPC", "cannot start a server");
  for (auto [some, connections] :
       {std::pair(&sockets->unixSockets, &byUnix), std::pair(&sockets->tcpSockets, &byTcp)}) {
    if (!*connections) continue;
    auto acceptor = Acceptor::start(std::move(*some), std::move(*connections));
    if (!acceptor) return tl::unexpected(acceptor.error());
    parts->acceptors.push_back(std::move(*acceptor));
  }
  return std::unique_ptr<CollectorServer>(new CollectorServer(std::move(parts)));
}

Result<std::string> CollectorServer::addFile(const std::filesystem::path& file) {
  return StoredSession::open(file).map([&](std::shared_ptr<StoredSession> session) {
    std::string id = session->id().hex();
    // A session that is being recorded here answers for its own file.
    if (!m_parts->registry.exact(session->id())) m_parts->registry.put(std::move(session));
    return id;
  });
}

std::shared_ptr<grpc::Channel> CollectorServer::inProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return m_parts->server->InProcessChannel(arguments);
}

const std::vector<std::string>& CollectorServer::addresses() const { return m_parts->addresses; }

std::size_t CollectorServer::liveSessions() const { return m_parts->recorder.liveSessions(); }

bool CollectorServer::waitUntilIdle(std::optional<std::chrono::milliseconds> timeout) {
  return m_parts->recorder.waitUntilIdle(timeout);
}

void CollectorServer::finishSessions() { m_parts->recorder.endAll(); }

void CollectorServer::shutdown() {
  std::call_once(m_parts->shutdown, [this] {
    m_parts->stopListening();
    m_parts->server->Shutdown(std::chrono::system_clock::now());  // Returns when all calls have.
    if (m_parts->recorder.endsWithStream()) m_parts->recorder.endAll();
    m_parts->recorder.suspendAll();
  });
}

}  // namespace heaptap::service
