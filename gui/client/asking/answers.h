// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "gui/client/asking/query_client.h"
#include "gui/models/sessions/asked.h"

namespace heaptap::gui {

/// What becomes of a question under way when something else is wanted.
enum class Meanwhile {
  Finishes,  ///< Its answer is shown, and what is wanted by then is asked for next.
  Ends,      ///< It is cancelled: its answer is of no use.
};

/// Answers what views want to know, by asking a source. One question at a time; after an error that may pass,
/// it is asked again. Threads: GUI thread; never blocks. The question runs on a worker thread.
template <class Wish, class Answer>
class Answers {
 public:
  using Question = std::function<Result<Answer>(client::ProfileSource&, const Wish&, const std::stop_token&)>;
  /// One that says how far it is.
  using LongQuestion = std::function<Result<Answer>(
      client::ProfileSource&, const Wish&, const std::stop_token&, const client::ProfileSource::HearShare&)>;

  /// Client and `asked` must outlive this.
  Answers(QueryClient& client, Asked<Wish, Answer>& asked, Meanwhile meanwhile, Question question)
      : Answers(client, asked, meanwhile,
                LongQuestion([question = std::move(question)](client::ProfileSource& source, const Wish& wish,
                                                              const std::stop_token& stop,
                                                              const client::ProfileSource::HearShare&) {
                  return question(source, wish, stop);
                })) {}
  Answers(QueryClient& client, Asked<Wish, Answer>& asked, Meanwhile meanwhile, LongQuestion question)
      : m_client(client), m_asked(asked), m_meanwhile(meanwhile), m_question(std::move(question)) {
    m_again.setSingleShot(true);
    m_again.setInterval(std::chrono::seconds(1));
    QObject::connect(&m_again, &QTimer::timeout, &m_context, [this] { ask(); });
    QObject::connect(&asked, &AskedSignals::wanted, &m_context, [this] { follow(); });
    follow();
  }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

 private:
  void follow() {
    m_again.stop();
    if (m_meanwhile == Meanwhile::Ends || !m_asked.wish()) m_request.cancel();
    if (!m_request.isUnderWay()) ask();
  }

  void ask() {
    if (!m_asked.wish()) return;
    m_request = m_client.ask<Result<Answer>>(
        [this, client = &m_client, question = m_question, wish = *m_asked.wish()](
            client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
          // Delivered in this thread, and only while the request is there.
          const auto hear = [this, client, ticket, wish](double share) {
            client->deliver(ticket, [this, wish, share] { m_asked.reach(wish, share); });
          };
          return question(source, wish, ticket->stop(), hear);
        },
        [this, wish = *m_asked.wish()](Result<Answer> answer) { take(wish, std::move(answer)); });
  }

  void take(const Wish& wish, Result<Answer> answer) {
    const bool isPassing = !answer && answer.error().isPassing;
    if (answer)
      m_asked.answer(wish, std::move(*answer));
    else
      m_asked.fail(wish, QString::fromStdString(answer.error().line()).simplified());
    if (m_request.isUnderWay()) return;  // Who heard the answer wants something else.
    if (m_asked.wish() && m_asked.wish() != wish)
      ask();
    else if (isPassing)
      m_again.start();
  }

  QueryClient& m_client;
  Asked<Wish, Answer>& m_asked;
  Meanwhile m_meanwhile;
  LongQuestion m_question;
  QObject m_context;  ///< Ends the connections.
  QTimer m_again;
  Request m_request;
};

}  // namespace heaptap::gui
