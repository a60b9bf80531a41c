// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "gui/models/start/collector_choice.h"

namespace heaptap::gui {

/// Asks which collector the viewer is to attach to, and with which files. What is kept for an address is
/// there again as soon as the address is.
class CollectorDialog : public QDialog {
  Q_OBJECT

 public:
  /// `address`: to begin with. `offered`: other addresses.
  CollectorDialog(CollectorChoices kept, const QString& address, const QStringList& offered,
                  QWidget* parent = nullptr);

  [[nodiscard]] CollectorChoice choice() const;
  [[nodiscard]] QComboBox& address() { return *m_address; }
  [[nodiscard]] QCheckBox& tls() { return *m_tls; }
  [[nodiscard]] QLineEdit& ca() { return *m_ca; }
  [[nodiscard]] QLineEdit& certificate() { return *m_certificate; }
  [[nodiscard]] QLineEdit& key() { return *m_key; }
  [[nodiscard]] QLineEdit& tokenFile() { return *m_token; }
  [[nodiscard]] QPushButton& attachButton() { return *m_attach; }
  /// Why one cannot attach as it is; or empty.
  [[nodiscard]] QString problem() const { return m_problem->text(); }

 signals:
  void confirmed(const heaptap::gui::CollectorChoice& choice);

 private:
  void lay();
  /// A field with a button that chooses its file.
  QWidget* withChooser(QLineEdit* field, const QString& name);
  void addressChanged();
  void check();

  const CollectorChoices m_kept;
  QComboBox* m_address;
  QCheckBox* m_tls;
  QLineEdit* m_ca;
  QLineEdit* m_certificate;
  QLineEdit* m_key;
  QLineEdit* m_token;
  QList<QWidget*> m_forTls;  ///< What makes sense with TLS only.
  QString m_filled;          ///< The address whose files are shown.
  QLabel* m_problem;
  QPushButton* m_attach;
};

}  // namespace heaptap::gui
