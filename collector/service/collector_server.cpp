// SPDX-License-Identifier: Apache-2.0
#include "collector/service/collector_server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>

#include <mutex>
#include <utility>

#include "collector/service/control_service.h"
#include "collector/service/ingest_service.h"
#include "collector/service/listen_address.h"
#include "collector/service/query_service.h"

namespace heaptap::service {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;

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

  SessionRegistry registry;
  Recorder recorder;
  IngestService ingest;
  QueryService query;
  ControlService control;
  std::vector<std::string> addresses;
  std::unique_ptr<grpc::Server> server;
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
  // Before anybody can connect: a relay that comes back must find its session.
  parts->recorder.takeOverAll();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  rpc::apply(options.keepAlive, builder);
  builder.RegisterService(&parts->ingest);
  builder.RegisterService(&parts->query);
  builder.RegisterService(&parts->control);
  std::vector<int> ports(options.addresses.size(), 0);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    builder.AddListeningPort(options.addresses[i], grpc::InsecureServerCredentials(), &ports[i]);
  }
  {
    const PrivateSockets guard;
    parts->server = builder.BuildAndStart();
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string& address = options.addresses[i];
    if (!parts->server || ports[i] == 0) {
      return failure(Code::AlreadyExists, address, "cannot listen there", "choose another address");
    }
    const bool isUnix = !unixPathOf(address).empty();
    parts->addresses.push_back(isUnix ? address
                                      : address.substr(0, address.rfind(':') + 1) + std::to_string(ports[i]));
  }
  if (!parts->server) return failure(Code::Internal, "gRPC", "cannot start a server");
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
    m_parts->server->Shutdown(std::chrono::system_clock::now());  // Returns when all calls have.
    if (m_parts->recorder.endsWithStream()) m_parts->recorder.endAll();
    m_parts->recorder.suspendAll();
  });
}

}  // namespace heaptap::service
