// SPDX-License-Identifier: Apache-2.0
#include "gui/views/start/collector_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr QLatin1String kTlsPrefix("tls://");
constexpr QLatin1String kUnixPrefix("unix:");
constexpr int kAddressWidth = 420;

}  // namespace

CollectorDialog::CollectorDialog(CollectorChoices kept, const QString& address, const QStringList& offered,
                                 QWidget* parent)
    : QDialog(parent),
      m_kept(std::move(kept)),
      m_address(new QComboBox(this)),
      m_tls(new QCheckBox(tr("&Encrypted (TLS)"), this)),
      m_ca(new QLineEdit(this)),
      m_certificate(new QLineEdit(this)),
      m_key(new QLineEdit(this)),
      m_token(new QLineEdit(this)),
      m_problem(new QLabel(this)),
      m_attach(nullptr) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Attach to a Collector"));
  m_address->setEditable(true);
  QStringList addresses = offered;
  for (const CollectorChoice& each : m_kept) addresses << each.address;
  addresses.removeDuplicates();
  m_address->addItems(addresses);
  m_address->setMinimumContentsLength(1);
  m_address->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_address->lineEdit()->setPlaceholderText(tr("HOST:PORT or unix:PATH"));
  m_tls->setToolTip(
      tr("As heaptapd speaks it with --tls-certificate; tls:// before the address says the same."));
  m_ca->setPlaceholderText(tr("whom this system trusts"));
  m_ca->setToolTip(tr("Certificates (PEM) of who has signed the collector's."));
  m_certificate->setPlaceholderText(tr("none"));
  m_certificate->setToolTip(tr("Your own certificate (PEM), where the collector wants one of its clients."));
  m_key->setPlaceholderText(tr("none"));
  m_key->setToolTip(tr("The private key (PEM) of your certificate."));
  m_token->setPlaceholderText(tr("none"));
  m_token->setToolTip(tr("A file with the token that the collector wants, which only you can read."));
  lay();
  connect(m_address, &QComboBox::editTextChanged, this, &CollectorDialog::addressChanged);
  connect(m_tls, &QCheckBox::toggled, this, &CollectorDialog::addressChanged);
  for (QLineEdit* field : {m_ca, m_certificate, m_key, m_token})
    connect(field, &QLineEdit::textChanged, this, &CollectorDialog::check);
  m_address->setEditText(address);
  addressChanged();
  m_address->setFocus();
  m_address->lineEdit()->selectAll();
}

QWidget* CollectorDialog::withChooser(QLineEdit* field, const QString& name) {
  field->setAccessibleName(name);
  auto* const both = new QWidget(this);
  auto* const row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(measure::kSpacing / 2);
  auto* const button = new QToolButton(both);
  button->setText(tr("Choose…"));
  button->setAccessibleName(tr("Choose: %1").arg(name));
  connect(button, &QToolButton::clicked, this, [this, field, name] {
    const QString file = QFileDialog::getOpenFileName(this, name, field->text());
    if (!file.isEmpty()) field->setText(file);
  });
  row->addWidget(field, 1);
  row->addWidget(button);
  return both;
}

void CollectorDialog::lay() {
  auto* const form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  m_address->setAccessibleName(tr("Address"));
  form->addRow(tr("&Address:"), m_address);
  form->addRow(QString(), m_tls);
  const std::pair<QLineEdit*, QString> rows[] = {{m_ca, tr("Trusted &certificates")},
                                                 {m_certificate, tr("&Own certificate")},
                                                 {m_key, tr("Its &key")},
                                                 {m_token, tr("Token &file")}};
  for (const auto& [field, marked] : rows) {
    QWidget* const both = withChooser(field, QString(marked).remove('&'));
    auto* const label = new QLabel(marked + ':', this);
    label->setBuddy(field);
    form->addRow(label, both);
    if (field != m_token) m_forTls << label << both;
  }
  m_address->setMinimumWidth(kAddressWidth);
  m_problem->setWordWrap(true);
  m_problem->setTextFormat(Qt::PlainText);
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m_attach = buttons->addButton(tr("A&ttach"), QDialogButtonBox::AcceptRole);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, [this] {
    emit confirmed(choice());
    accept();
  });
  auto* const column = new QVBoxLayout(this);
  column->setSpacing(measure::kSpacing);
  column->addLayout(form);
  column->addWidget(m_problem);
  column->addWidget(buttons);
}

CollectorChoice CollectorDialog::choice() const {
  CollectorChoice choice;
  const QString typed = m_address->currentText().trimmed();
  const bool isTls = m_tls->isEnabled() && m_tls->isChecked();
  choice.address = (isTls && !typed.isEmpty() ? kTlsPrefix + typed : typed);
  choice.tokenFile = m_token->text().trimmed();
  if (isTls) {
    choice.ca = m_ca->text().trimmed();
    choice.certificate = m_certificate->text().trimmed();
    choice.key = m_key->text().trimmed();
    const auto kept = std::find_if(m_kept.begin(), m_kept.end(), [&](const CollectorChoice& each) {
      return each.address == choice.address;
    });
    if (kept != m_kept.end()) choice.serverName = kept->serverName;  // It is not asked for.
  }
  return choice;
}

void CollectorDialog::addressChanged() {
  const QString typed = m_address->currentText();
  if (typed.startsWith(kTlsPrefix)) {
    // Both change this function's world once more.
    m_tls->setChecked(true);
    m_address->setEditText(typed.mid(kTlsPrefix.size()));
    return;
  }
  m_tls->setEnabled(!typed.trimmed().startsWith(kUnixPrefix));
  const bool isTls = m_tls->isEnabled() && m_tls->isChecked();
  for (QWidget* each : std::as_const(m_forTls)) each->setEnabled(isTls);
  const QString address = choice().address;
  const auto kept = std::find_if(m_kept.begin(), m_kept.end(),
                                 [&](const CollectorChoice& each) { return each.address == address; });
  if (kept != m_kept.end() && m_filled != address) {
    m_ca->setText(kept->ca);
    m_certificate->setText(kept->certificate);
    m_key->setText(kept->key);
    m_token->setText(kept->tokenFile);
    m_filled = address;
  } else if (kept == m_kept.end() && !m_filled.isEmpty()) {
    // They were another collector's.
    for (QLineEdit* field : {m_ca, m_certificate, m_key, m_token}) field->clear();
    m_filled.clear();
  }
  check();
}

void CollectorDialog::check() {
  const QString problem = problemOf(choice());
  m_problem->setText(problem);
  m_attach->setEnabled(problem.isEmpty());
}

}  // namespace heaptap::gui
