// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <utility>

namespace heaptap::gui {

/// The signals of Asked.
class AskedSignals : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

 signals:
  /// Something else is wanted, or nothing any more.
  void wanted();
  /// There is another answer, or another problem, or none any more.
  void answered();
  /// It is known how far the answer is.
  void progressed();
};

/// What a view wants to know beyond what everybody is told, and the answer. The view says what it wants; who
/// can ask the session's source answers later. Answers to what is not wanted any more are passed over.
/// Threads: GUI thread.
template <class Wish, class Answer>
class Asked : public AskedSignals {
 public:
  using AskedSignals::AskedSignals;

  /// None: nothing any more. The answer to an earlier wish stays until the next one comes; it is stale.
  void want(std::optional<Wish> wish) {
    if (wish == m_wish) return;
    m_wish = std::move(wish);
    m_share.reset();
    m_problem.clear();
    if (!m_wish) m_answer.reset();
    emit wanted();
    emit answered();
  }
  /// Another session: nothing is wanted, nothing known.
  void clear() { want(std::nullopt); }

  /// The answer to a wish that was there when it was asked for.
  void answer(const Wish& wish, Answer answer) {
    if (!m_wish) return;
    m_share.reset();
    m_answer.emplace(wish, std::move(answer));
    m_problem.clear();
    emit answered();
  }
  void fail(const Wish& wish, const QString& problem) {
    if (wish != m_wish) return;
    m_share.reset();
    m_answer.reset();
    m_problem = problem;
    emit answered();
  }

  /// How much of the answer is done, from 0 to 1.
  void reach(const Wish& wish, double share) {
    if (wish != m_wish) return;
    m_share = share;
    emit progressed();
  }

  [[nodiscard]] const std::optional<Wish>& wish() const { return m_wish; }
  /// Null: there is none.
  [[nodiscard]] const Answer* known() const { return m_answer ? &m_answer->second : nullptr; }
  /// The answer is to what is wanted now.
  [[nodiscard]] bool isCurrent() const { return m_answer && m_wish == m_answer->first; }
  /// Why there is no answer, in a line; or empty.
  [[nodiscard]] const QString& problem() const { return m_problem; }
  /// None: the answer is there, or it does not take long.
  [[nodiscard]] const std::optional<double>& share() const { return m_share; }

 private:
  std::optional<Wish> m_wish;
  std::optional<std::pair<Wish, Answer>> m_answer;
  QString m_problem;
  std::optional<double> m_share;
};

}  // namespace heaptap::gui
