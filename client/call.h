// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"
#include "rpc/call_failure.h"

/// Calls to a collector: with a limit for each message, not for an answer of many of them, and ended early by
/// a token.
namespace heaptap::client {

/// How long a collector may take. It may have to read a large file before it can say anything.
struct CallLimits {
  std::chrono::milliseconds first{120'000};
  std::chrono::milliseconds next{30'000};
};

/// What to say of an answer that breaks the rules of query.proto.
[[nodiscard]] inline tl::unexpected<Error> brokenAnswer(const std::string& where, const std::string& what) {
  return failure(Code::Corrupt, where, "the collector's answer is damaged: " + what);
}

/// The outcome of a call that is over. `isStopped`: by the caller's own token.
[[nodiscard]] inline Result<void> outcomeOf(const std::string& where, const grpc::Status& status,
                                            bool isStopped) {
  if (status.ok()) return {};
  if (isStopped) return failure(Code::Unavailable, where, "the question was withdrawn");
  return tl::unexpected(rpc::callFailure(where, status));
}

/// A call with one answer. `call(context, reply)` makes it and returns its status.
template <class Reply, class Call>
[[nodiscard]] Result<Reply> askedOnce(const std::string& where, const CallLimits& limits,
                                      const std::stop_token& stop, Call&& call) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + limits.first);
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  Reply reply;
  const grpc::Status status = call(&context, &reply);
  if (auto outcome = outcomeOf(where, status, stop.stop_requested()); !outcome)
    return tl::unexpected(std::move(outcome.error()));
  return reply;
}

/// A call with many answers. `prepare(context, queue)` prepares it, `take(reply)` looks at one answer; an
/// error that it returns ends the call. `ended`: gets what the collector has said at the end.
template <class Reply, class Prepare, class Take>
[[nodiscard]] Result<void> askedForMany(const std::string& where, const CallLimits& limits,
                                        const std::stop_token& stop, Prepare&& prepare, Take&& take,
                                        grpc::Status* ended = nullptr) {
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  const std::unique_ptr<grpc::ClientAsyncReader<Reply>> reader = prepare(&context, &queue);
  bool isLate = false;
  // One step at a time is under way, so what comes from the queue is its end.
  const auto isDone = [&](std::chrono::milliseconds limit) {
    void* tag = nullptr;
    bool ok = false;
    if (queue.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + limit) ==
        grpc::CompletionQueue::TIMEOUT) {
      isLate = true;
      context.TryCancel();
      ok = queue.Next(&tag, &ok) && ok;
    }
    return ok;
  };
  Result<void> taken;
  reader->StartCall(nullptr);
  auto limit = limits.first;
  bool goesOn = isDone(limit);
  while (goesOn && taken) {
    Reply reply;
    reader->Read(&reply, nullptr);
    goesOn = isDone(limit) && !isLate;
    limit = limits.next;
    if (goesOn) taken = take(std::move(reply));
  }
  if (!taken) context.TryCancel();
  grpc::Status status;
  reader->Finish(&status, nullptr);
  isDone(limits.next);
  if (ended != nullptr) *ended = status;
  queue.Shutdown();
  void* tag = nullptr;
  for (bool ok = false; queue.Next(&tag, &ok);) continue;
  if (!taken) return taken;
  if (isLate) status = grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "no message in time");
  return outcomeOf(where, status, stop.stop_requested());
}

}  // namespace heaptap::client
