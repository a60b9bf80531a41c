// SPDX-License-Identifier: Apache-2.0
#include "cli/run/status_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <optional>
#include <thread>
#include <utility>

#include "cli/run/status_text.h"
#include "heaptap/v1/query.grpc.pb.h"
#include "rpc/channel.h"

namespace heaptap::cli {
namespace {

constexpr unsigned kIntervalMs = 250;

/// In the background, drawing would stop the whole job (SIGTTOU), or scribble over the user's editor.
bool mayDraw() { return tcgetpgrp(STDERR_FILENO) == getpgrp(); }

void draw(std::string text) {
  if (!mayDraw()) return;
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 && text.size() >= size.ws_col)
    text.resize(size.ws_col - 1U);
  const std::string line = "\r" + text + "\033[K";
  (void)!write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

class StatusLine::Watcher {
 public:
  Watcher(const std::shared_ptr<grpc::Channel>& channel, const std::string& session)
      : m_stub(v1::Query::NewStub(channel)) {
    v1::WatchRequest request;
    request.set_session(session);
    request.set_interval_ms(kIntervalMs);
    m_reader = m_stub->Watch(&m_context, request);
    m_thread = std::thread([this] { follow(); });
  }
  ~Watcher() {
    m_context.TryCancel();
    m_thread.join();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

 private:
  void follow() {
    v1::Status status;
    AllocationRate rate;
    while (m_reader->Read(&status)) draw(statusText(status, rate.update(status)));
    (void)m_reader->Finish();  // Cancelled, or the session has ended: either way there is no more to show.
  }

  grpc::ClientContext m_context;
  std::unique_ptr<v1::Query::Stub> m_stub;
  std::unique_ptr<grpc::ClientReader<v1::Status>> m_reader;
  std::thread m_thread;
};

StatusLine::StatusLine(const std::string& collectorAddress) : m_collectorAddress(collectorAddress) {}

StatusLine::~StatusLine() {
  m_watcher.reset();
  if (m_drawn) draw("");
}

void StatusLine::watch(const std::string& session) {
  m_watcher.reset();
  // The relay has opened one like it: without it there would be no session.
  const auto channel = rpc::openChannel(m_collectorAddress);
  if (!channel) return;
  m_watcher = std::make_unique<Watcher>(*channel, session);
  m_drawn = true;
}

void StatusLine::say(const std::string& text) {
  m_watcher.reset();
  draw(text);
  m_drawn = true;
}

}  // namespace heaptap::cli
