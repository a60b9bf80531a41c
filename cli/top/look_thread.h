// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/unique_fd.h"
#include "cli/top/top_picture.h"
#include "cli/top/watched_session.h"

namespace heaptap::cli {

/// Looks at a session again and again on a thread of its own, so that who draws never waits for a collector
/// or a file. Ends by itself with the session.
/// Threads: one owner; the destructor withdraws the question that is under way.
class LookThread {
 public:
  using Open = std::function<Result<WatchedSession>()>;
  struct Latest {
    std::shared_ptr<const TopPicture> picture;  ///< Null: none yet.
    std::optional<Error> error;                 ///< Of the look after it; none: it is the newest.
    bool isOver = false;                        ///< Nothing comes any more.
  };

  /// `interval`: between looks; longer where looking takes long.
  LookThread(Open open, std::string heap, std::chrono::milliseconds interval);
  ~LookThread();
  LookThread(const LookThread&) = delete;
  LookThread& operator=(const LookThread&) = delete;

  /// Readable when there is something that was not taken.
  [[nodiscard]] int descriptor() const { return m_news.get(); }
  [[nodiscard]] Latest take();
  /// Changes count from the latest picture on; looks again at once.
  void restart();

 private:
  void run(const std::stop_token& stop);
  void follow(WatchedSession& session, const std::stop_token& stop);
  void publish(const std::function<void(Latest&)>& change);
  /// True: changes are to count anew. Waits for `time` at most.
  bool rest(std::chrono::milliseconds time, const std::stop_token& stop);

  Open m_open;
  PictureMaker m_maker;
  std::chrono::milliseconds m_interval;
  UniqueFd m_news;
  std::mutex m_mutex;  ///< For the next two.
  Latest m_latest;
  bool m_restarts = false;
  std::condition_variable_any m_wake;
  std::jthread m_thread;  ///< Last: it uses all others.
};

}  // namespace heaptap::cli
