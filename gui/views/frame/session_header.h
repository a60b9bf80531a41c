// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "gui/models/sessions/summary.h"
#include "gui/views/elided_label.h"
#include "gui/views/frame/key_number.h"
#include "gui/views/frame/key_number_row.h"
#include "gui/views/frame/notice_bar.h"
#include "gui/views/live/live_bar.h"

namespace heaptap::gui {

/// Who was recorded, the numbers that matter, and what the reader must know about them.
class SessionHeader : public QWidget {
  Q_OBJECT

 public:
  explicit SessionHeader(QWidget* parent = nullptr);

  /// Another session, of which no numbers are known yet.
  void begin(const Session& session);
  void setSummary(const Summary& summary);
  /// Memory that was not freed and is no leak.
  struct SetApart {
    quint64 bytes = 0;
    quint64 blocks = 0;
  };
  /// What is kept on purpose, and what is suppressed: it is not counted as leaked. Of malloc's heap.
  void setApart(const SetApart& kept, const SetApart& suppressed);
  /// Newer numbers of a live session, between two summaries. What belongs together is of one moment: a number
  /// that the status does not tell keeps its place beside those of the summary.
  void setStatus(const LiveStatus& status);

  /// The numbers are of this time of the day, and nothing newer is known, until something is; one line.
  void setStale(const QString& why);

  /// Whether the recorder of a live session can be told what to do: not where a file is all that is known.
  void setControllable(bool isControllable);
  /// Shown while the session is live and can be told what to do.
  [[nodiscard]] LiveBar& live() { return *m_live; }

  [[nodiscard]] QString command() const { return m_command->text(); }
  [[nodiscard]] QString process() const { return m_process->text(); }
  [[nodiscard]] QString notes() const { return m_notes->text(); }
  [[nodiscard]] const KeyNumber& remains() const { return *m_remains; }
  [[nodiscard]] const KeyNumber& peak() const { return *m_peak; }
  [[nodiscard]] const KeyNumber& allocations() const { return *m_allocations; }
  [[nodiscard]] const KeyNumber& temporaries() const { return *m_temporaries; }
  [[nodiscard]] const KeyNumber& dropped() const { return *m_dropped; }
  [[nodiscard]] const KeyNumber& resident() const { return *m_resident; }
  [[nodiscard]] const KeyNumber& cost() const { return *m_cost; }
  [[nodiscard]] const KeyNumberRow& numbers() const { return *m_numbers; }
  /// How good the numbers are; empty when they are exact.
  [[nodiscard]] QString sampling() const { return m_sampling->text(); }

 private:
  void showStatus(const LiveStatus& status);
  void showProcess(const Summary& summary);
  void showControls();
  void showLive(const Summary& summary);
  /// Absent: when, or how many bytes in all, is not known of this moment.
  void showPeak(const Summary& summary, std::optional<quint64> atNs);
  void showAllocations(quint64 allocations, std::optional<quint64> bytes);
  void showTemporaries(const Summary& summary);
  void showDropped(const Summary& summary);
  void showResident(const Summary& summary, const std::optional<quint64>& now);
  void showCost(const Summary& summary);

  Summary m_summary;
  QString m_stale;
  SetApart m_kept;
  SetApart m_suppressed;
  ElidedLabel* m_command;
  ElidedLabel* m_process;
  LiveBar* m_live;
  bool m_isControllable = false;
  KeyNumber* m_remains;
  KeyNumber* m_peak;
  KeyNumber* m_allocations;
  KeyNumber* m_temporaries;
  KeyNumber* m_dropped;
  KeyNumber* m_resident;
  KeyNumber* m_cost;
  KeyNumberRow* m_numbers;
  ElidedLabel* m_sampling;
  NoticeBar* m_notes;
};

}  // namespace heaptap::gui
