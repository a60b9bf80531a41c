// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPlainTextEdit>
#include <QToolButton>
#include <QWidget>
#include <optional>

#include "gui/models/source/source_file.h"
#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// Some lines of source around one, and a way to the whole file.
class SourceExcerpt : public QWidget {
  Q_OBJECT

 public:
  explicit SourceExcerpt(QWidget* parent = nullptr);

  /// The line that is wanted; none: there is nothing to show.
  void expect(const std::optional<SourceSpot>& spot);
  /// What has come of it; of another file, it is passed over. Null: nothing has.
  void show(const SourceFilePtr& file);

  [[nodiscard]] const std::optional<SourceSpot>& spot() const { return m_spot; }
  [[nodiscard]] QString title() const { return m_title->text(); }
  [[nodiscard]] QString text() const { return m_text->toPlainText(); }
  [[nodiscard]] QToolButton& more() { return *m_more; }

 signals:
  /// The whole file is to be shown.
  void sourceWanted(const QString& file, quint32 line);

 private:
  std::optional<SourceSpot> m_spot;
  ElidedLabel* m_title;
  QToolButton* m_more;
  QPlainTextEdit* m_text;
};

}  // namespace heaptap::gui
