// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "gui/models/summary.h"
#include "gui/views/elided_label.h"
#include "gui/views/key_number.h"
#include "gui/views/notice_bar.h"

namespace heaptap::gui {

/// Who was recorded, the numbers that matter, and what the reader must know about them.
class SessionHeader : public QWidget {
  Q_OBJECT

 public:
  explicit SessionHeader(QWidget* parent = nullptr);

  void setSummary(const Summary& summary);
  /// Newer numbers of a live session, between two summaries.
  void setStatus(const LiveStatus& status);

  [[nodiscard]] QString command() const { return m_command->text(); }
  [[nodiscard]] QString process() const { return m_process->text(); }
  [[nodiscard]] QString notes() const { return m_notes->text(); }
  [[nodiscard]] const KeyNumber& remains() const { return *m_remains; }
  [[nodiscard]] const KeyNumber& peak() const { return *m_peak; }
  [[nodiscard]] const KeyNumber& allocations() const { return *m_allocations; }
  [[nodiscard]] const KeyNumber& dropped() const { return *m_dropped; }

 private:
  void showNumbers(const Summary& summary);

  Summary m_summary;
  ElidedLabel* m_command;
  ElidedLabel* m_process;
  KeyNumber* m_remains;
  KeyNumber* m_peak;
  KeyNumber* m_allocations;
  KeyNumber* m_temporaries;
  KeyNumber* m_dropped;
  NoticeBar* m_notes;
};

}  // namespace heaptap::gui
