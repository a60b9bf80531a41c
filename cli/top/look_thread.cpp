// SPDX-License-Identifier: Apache-2.0
#include "cli/top/look_thread.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace heaptap::cli {
namespace {

/// A look that took a second is followed by three of rest, so that watching does not load the collector.
constexpr int kRestForWork = 3;

}  // namespace

LookThread::LookThread(Open open, std::string heap, std::chrono::milliseconds interval)
    : m_open(std::move(open)),
      m_maker(std::move(heap)),
      m_interval(interval),
      m_news(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      m_thread([this](const std::stop_token& stop) { run(stop); }) {}

LookThread::~LookThread() {
  m_thread.request_stop();
  m_thread.join();
}

LookThread::Latest LookThread::take() {
  eventfd_t ignored = 0;
  eventfd_read(m_news.get(), &ignored);
  const std::lock_guard lock(m_mutex);
  return m_latest;
}

void LookThread::restart() {
  {
    const std::lock_guard lock(m_mutex);
    m_restarts = true;
  }
  m_wake.notify_all();
}

void LookThread::publish(const std::function<void(Latest&)>& change) {
  const std::lock_guard lock(m_mutex);
  change(m_latest);
  eventfd_write(m_news.get(), 1);
}

bool LookThread::rest(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(m_mutex);
  m_wake.wait_for(lock, stop, time, [this] { return m_restarts; });
  return std::exchange(m_restarts, false);
}

void LookThread::run(const std::stop_token& stop) {
  try {
    auto session = m_open();
    if (session)
      follow(*session, stop);
    else
      publish([&](Latest& latest) { latest.error = std::move(session.error()); });
  } catch (const std::exception& error) {
    publish([&](Latest& latest) {
      latest.error = Error{Code::Internal, "top", error.what(), "this is a bug in heaptap; please report it"};
    });
  }
  publish([](Latest& latest) { latest.isOver = true; });
}

void LookThread::follow(WatchedSession& session, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto began = std::chrono::steady_clock::now();
    auto picture = session.look(stop).and_then([this](const Look& look) { return m_maker.next(look); });
    if (stop.stop_requested()) return;
    bool goesOn = true;
    publish([&](Latest& latest) {
      if (picture) {
        latest.picture = std::move(*picture);
        latest.error.reset();
        goesOn = latest.picture->isLive;
      } else {
        // What was never seen will not come by itself.
        goesOn = latest.picture && picture.error().isPassing;
        latest.error = std::move(picture.error());
      }
    });
    if (!goesOn) return;
    const auto work =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    if (rest(std::max(m_interval, kRestForWork * work), stop)) m_maker.restart();
  }
}

}  // namespace heaptap::cli
