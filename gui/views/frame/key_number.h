// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QWidget>

#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// One number that matters: a caption, the number in large type, and a line that puts it in relation.
class KeyNumber : public QWidget {
  Q_OBJECT

 public:
  explicit KeyNumber(QWidget* parent = nullptr);

  struct Content {
    QString caption;
    QString number;
    QString relation;
    QString definition;  ///< One sentence, for the tool tip.
    bool isWarning = false;
  };
  void show(const Content& content);
  [[nodiscard]] QString number() const { return m_number->text(); }
  [[nodiscard]] QString relation() const { return m_relation->text(); }
  [[nodiscard]] QString caption() const { return m_caption->text(); }
  [[nodiscard]] bool isWarning() const { return m_isWarning; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void applyColours();

  QLabel* m_caption;
  QLabel* m_number;
  ElidedLabel* m_relation;
  bool m_isWarning = false;
};

}  // namespace heaptap::gui
