// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "client/profile_source.h"
#include "gui/client/asking/request.h"

namespace heaptap::gui {

/// Asks a source of profiles without ever blocking the thread that asks: questions run on worker threads,
/// answers come back through the event loop.
/// Threads: ask() and the answers: the thread that made it. An asker drops its Requests before it goes away
///          itself; those still under way when the client goes are cancelled.
/// Owns:    a share of the source, which answers several questions at a time.
class QueryClient : public QObject {
  Q_OBJECT

 public:
  explicit QueryClient(std::shared_ptr<client::ProfileSource> source, QObject* parent = nullptr);
  ~QueryClient() override;

  template <class Answer>
  using Question = std::function<Answer(client::ProfileSource&, const std::shared_ptr<Ticket>&)>;

  /// Runs `question` on a worker thread, then `onAnswer` in this thread, unless the Request has gone.
  template <class Answer>
  [[nodiscard]] Request ask(Question<Answer> question, std::function<void(Answer)> onAnswer) {
    auto ticket = std::make_shared<Ticket>();
    start(ticket, [this, ticket, question = std::move(question), onAnswer = std::move(onAnswer)] {
      auto answer = std::make_shared<Answer>(question(*m_source, ticket));
      deliver(ticket, [ticket, answer, onAnswer] {
        ticket->isOpen = false;
        onAnswer(std::move(*answer));
      });
    });
    return Request(ticket);
  }

  /// Runs `handler` in this client's thread, unless the Request has gone. For questions with many answers.
  /// Threads: any.
  void deliver(std::shared_ptr<Ticket> ticket, std::function<void()> handler);

 private:
  void start(const std::shared_ptr<Ticket>& ticket, std::function<void()> work);

  std::shared_ptr<client::ProfileSource> m_source;
  std::vector<std::weak_ptr<Ticket>> m_tickets;  ///< To cancel what is under way at the end.
  QThreadPool m_workers;
};

}  // namespace heaptap::gui
