// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/relay/test_collector.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace heaptap::relay::test {

void CollectorStorage::waitFor(const std::function<bool(const StoredSession&)>& condition) {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return !m_sessions.empty() && condition(m_sessions.begin()->second); });
}

void CollectorStorage::inspect(const std::function<void(StoredSession&)>& look) {
  const std::lock_guard lock(m_mutex);
  ASSERT_EQ(m_sessions.size(), 1U);
  look(m_sessions.begin()->second);
}

void CollectorStorage::inspectAll(const std::function<void(std::map<std::string, StoredSession>&)>& look) {
  const std::lock_guard lock(m_mutex);
  look(m_sessions);
}

TestCollector::TestCollector(const std::string& socketPath, CollectorStorage& storage, Behaviour behaviour)
    : m_storage(storage), m_behaviour(std::move(behaviour)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + socketPath, grpc::InsecureServerCredentials());
  builder.RegisterService(this);
  m_server = builder.BuildAndStart();
}

TestCollector::~TestCollector() {
  m_server->Shutdown(std::chrono::system_clock::now());
  m_server->Wait();
}

grpc::Status TestCollector::Record(grpc::ServerContext*,
                                   grpc::ServerReaderWriter<v1::RecordReply, v1::RecordRequest>* stream) {
  v1::RecordRequest request;
  if (!stream->Read(&request) || !request.has_hello())
    return {grpc::StatusCode::INVALID_ARGUMENT, "no hello"};
  EXPECT_EQ(request.sequence(), 0U);
  if (m_behaviour.refusal && m_behaviour.mayRefuse()) return *m_behaviour.refusal;
  const std::string id = request.hello().session_id();
  v1::RecordReply reply;
  {
    const std::lock_guard lock(m_storage.m_mutex);
    StoredSession& session = m_storage.m_sessions[id];
    session.hello = request.hello();
    ++session.hellos;
    reply.mutable_accepted()->set_protocol(1);
    reply.mutable_accepted()->set_last_stored(session.lastStored);
    reply.mutable_accepted()->set_credit_bytes(m_behaviour.creditBytes);
    m_storage.m_changed.notify_all();
  }
  stream->Write(reply);
  if (m_behaviour.command) {
    *reply.mutable_command() = *m_behaviour.command;
    stream->Write(reply);
  }
  bool orderly = false;
  std::uint64_t inFlight = 0;
  while (stream->Read(&request)) {
    {
      const std::lock_guard lock(m_storage.m_mutex);
      StoredSession& session = m_storage.m_sessions[id];
      inFlight += request.ByteSizeLong();
      session.mostInFlight = std::max(session.mostInFlight, inFlight);
      if (request.sequence() > session.lastStored) {
        EXPECT_EQ(request.sequence(), session.lastStored + 1);
        session.content.apply(request);
        session.lastStored = request.sequence();
      }
      orderly = !session.content.goodbyes.empty();
      reply.mutable_ack()->set_last_stored(session.lastStored);
      m_storage.m_changed.notify_all();
    }
    if (!m_behaviour.mayAcknowledge()) continue;
    stream->Write(reply);
    inFlight = 0;
  }
  const std::lock_guard lock(m_storage.m_mutex);
  // A read also fails when the stream breaks; a broken one never hears this status.
  m_storage.m_sessions[id].complete = orderly;
  m_storage.m_changed.notify_all();
  return grpc::Status::OK;
}

}  // namespace heaptap::relay::test
