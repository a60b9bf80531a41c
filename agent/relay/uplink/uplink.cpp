// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/uplink.h"

#include <algorithm>

#include "agent/relay/uplink/collector_channel.h"
#include "rpc/connection.h"
#include "rpc/status.h"
#include "rpc/tls_diagnosis.h"

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstDelay = 20ms;
constexpr auto kLongestDelay = 1000ms;

/// Does this status mean that the collector does not want the session, now or later? Everything else
/// (a dead process, a broken connection) may pass.
bool isRefusal(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::DATA_LOSS: return true;
    default: return false;
  }
}

/// Of a status that does not name it.
Code codeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::FAILED_PRECONDITION: return Code::ProtocolTooNew;
    case grpc::StatusCode::PERMISSION_DENIED: return Code::NotPermitted;
    case grpc::StatusCode::ALREADY_EXISTS: return Code::AlreadyExists;
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return Code::StorageFull;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::DATA_LOSS: return Code::Corrupt;
    default: return Code::Unavailable;
  }
}

Spool::Message helloMessage(const v1::Hello& hello) {
  v1::RecordRequest request;
  *request.mutable_hello() = hello;
  request.mutable_hello()->set_protocol(kProtocol);
  return std::make_shared<const std::string>(request.SerializeAsString());
}

}  // namespace

Uplink::Uplink(Options options, const v1::Hello& hello, Callbacks callbacks)
    : m_options(std::move(options)),
      m_callbacks(std::move(callbacks)),
      m_hello(helloMessage(hello)),
      m_spool(m_options.spool),
      m_thread([this] { run(); }) {}

Uplink::~Uplink() {
  {
    const std::lock_guard lock(m_monitor.mutex);
    m_abandoned = true;
    m_monitor.changed.notify_all();
  }
  m_thread.join();
}

void Uplink::send(v1::RecordRequest& request) {
  if (isOver()) return;
  request.set_sequence(++m_sequence);
  m_spool.push(request.SerializeAsString());
  // Taking the mutex orders this with a waiter that has just found nothing to send.
  const std::lock_guard lock(m_monitor.mutex);
  m_monitor.changed.notify_all();
}

void Uplink::finish() {
  const std::lock_guard lock(m_monitor.mutex);
  m_finished = true;
  m_deadline = Clock::now() + m_options.patience;
  m_monitor.changed.notify_all();
}

std::optional<Result<void>> Uplink::outcome() const {
  const std::lock_guard lock(m_monitor.mutex);
  return m_outcome;
}

void Uplink::conclude(Result<void> outcome) {
  {
    const std::lock_guard lock(m_monitor.mutex);
    m_outcome = std::move(outcome);
    m_over.store(true, std::memory_order_release);
    m_monitor.changed.notify_all();
  }
  if (m_callbacks.onOver) m_callbacks.onOver();
}

void Uplink::run() {
  std::chrono::milliseconds delay = kFirstDelay;
  grpc::Status status;
  bool isBusy = false;
  do {
    const std::uint64_t before = m_spool.acknowledged();
    Progress progress;
    // Files of keys and tokens may be missing for a moment while they are replaced.
    if (const auto channel = collectorChannel(m_options.collector, m_options.keepAlive)) {
      RecordStream stream(*channel, m_monitor);
      status = serve(stream, progress);
    } else {
      status = {grpc::StatusCode::UNAVAILABLE, channel.error().line()};
    }
    if (m_broken) return conclude(tl::unexpected(*m_broken));
    if (status.ok() && progress.halfClosed) return conclude({});
    if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED)
      return conclude(tl::unexpected(rpc::notLetIn(m_options.collector)));
    if (isRefusal(status.error_code()))
      return conclude(failure(rpc::codeIn(status).value_or(codeOf(status.error_code())), m_options.collector,
                              "the collector refused the session: " + status.error_message()));
    isBusy = rpc::codeIn(status) == Code::Unavailable;
    delay = m_spool.acknowledged() != before ? kFirstDelay : std::min(delay * 2, kLongestDelay);
  } while (waitBeforeRetry(delay, isBusy));
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE)
    if (auto why = rpc::diagnoseTls(m_options.collector)) return conclude(tl::unexpected(std::move(*why)));
  conclude(
      failure(Code::Unavailable, m_options.collector,
              "gave up on the collector, which has not stored the whole session: " + status.error_message()));
}

bool Uplink::waitBeforeRetry(std::chrono::milliseconds delay, bool isBusy) {
  std::unique_lock lock(m_monitor.mutex);
  m_monitor.changed.wait_for(lock, delay, [this] { return m_abandoned; });
  // A collector that has answered is there: it is asked again, however long the delay was.
  if (isBusy && m_deadline) m_deadline = Clock::now() + m_options.patience;
  return !m_abandoned && !(m_deadline && Clock::now() >= *m_deadline);
}

bool Uplink::maySend(const Progress& progress) const {
  if (!progress.accepted || progress.nextNumber > m_spool.last()) return false;
  // A message larger than the whole credit may travel alone.
  return progress.inFlight == 0 || progress.inFlight + m_spool.sizeOf(progress.nextNumber) <= progress.credit;
}

grpc::Status Uplink::serve(RecordStream& stream, Progress& progress) {
  stream.write(m_hello);
  for (;;) {
    std::deque<v1::RecordReply> replies;
    bool send = false;
    bool close = false;
    {
      std::unique_lock lock(m_monitor.mutex);
      const auto news = [&] {
        send = stream.canWrite() && maySend(progress);
        close = stream.canWrite() && m_finished && progress.accepted && !progress.halfClosed &&
                progress.nextNumber > m_spool.last();
        return send || close || stream.ended() || !stream.replies().empty() || m_abandoned;
      };
      // A collector that is connected, but silent after the end of the session, is not waited for without a
      // limit.
      if (!m_monitor.changed.wait_for(lock, 250ms, news) && (!m_deadline || Clock::now() < *m_deadline))
        continue;
      replies.swap(stream.replies());
      if (replies.empty() && !send && !close && !stream.ended())
        return {grpc::StatusCode::CANCELLED, "no answer"};
      if (m_abandoned) return {grpc::StatusCode::CANCELLED, "the relay was told to leave"};
      if (m_deadline && !replies.empty()) m_deadline = Clock::now() + m_options.patience;
      if (replies.empty() && stream.ended()) break;
    }
    for (const v1::RecordReply& reply : replies)
      if ((m_broken = handle(reply, progress))) return {grpc::StatusCode::ABORTED, m_broken->what};
    if (!replies.empty()) continue;  // They may have changed what to send.

    if (send) {
      const Spool::Message message = m_spool.read(progress.nextNumber);
      if (!message) {
        m_broken = Error{Code::Corrupt, m_options.spool.directory, "cannot read the spool file", {}};
        return {grpc::StatusCode::ABORTED, m_broken->what};
      }
      progress.inFlight += message->size();
      ++progress.nextNumber;
      stream.write(message);
    } else if (close) {
      progress.halfClosed = true;
      stream.writesDone();
    }
  }
  return stream.end();
}

std::optional<Error> Uplink::handle(const v1::RecordReply& reply, Progress& progress) {
  switch (reply.item_case()) {
    case v1::RecordReply::kAccepted: {
      const v1::Accepted& accepted = reply.accepted();
      if (progress.accepted)
        return Error{Code::Corrupt, m_options.collector, "the collector accepted the session twice", {}};
      if (accepted.last_stored() < m_spool.acknowledged() || accepted.last_stored() > m_spool.last())
        return Error{Code::Corrupt, m_options.collector,
                     "the collector has stored up to message " + std::to_string(accepted.last_stored()) +
                         ", expected " + std::to_string(m_spool.acknowledged()) + " to " +
                         std::to_string(m_spool.last()),
                     "was its session file removed?"};
      m_spool.acknowledge(accepted.last_stored());
      progress.accepted = true;
      if (accepted.without_events()) m_wantsEvents.store(false, std::memory_order_relaxed);
      m_keyframeBytes.store(accepted.keyframe_bytes(), std::memory_order_relaxed);
      progress.credit = accepted.credit_bytes();
      progress.nextNumber = accepted.last_stored() + 1;
      return std::nullopt;
    }
    case v1::RecordReply::kAck: acknowledge(reply.ack().last_stored(), progress); return std::nullopt;
    case v1::RecordReply::kCommand:
      if (m_callbacks.onCommand) m_callbacks.onCommand(reply.command());
      return std::nullopt;
    case v1::RecordReply::ITEM_NOT_SET: return std::nullopt;  // From a later version: to be ignored.
  }
  return std::nullopt;
}

void Uplink::acknowledge(std::uint64_t number, Progress& progress) {
  for (std::uint64_t n = m_spool.acknowledged() + 1; n <= number && n < progress.nextNumber; ++n) {
    progress.inFlight -= m_spool.sizeOf(n);
    m_spool.acknowledge(n);
  }
}

}  // namespace heaptap::relay
