// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_export.h"

#include <QFile>
#include <filesystem>
#include <utility>

#include "export/file_sink.h"
#include "export/format.h"

namespace heaptap::gui {
namespace {

QString textOf(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// Writes nothing more once it is stopped, which ends long exports.
class StoppableSink : public exporting::Sink {
 public:
  StoppableSink(exporting::Sink& to, std::stop_token stop) : m_to(to), m_stop(std::move(stop)) {}

  void write(std::string_view bytes) override {
    if (!m_stop.stop_requested()) m_to.write(bytes);
  }
  [[nodiscard]] bool hasFailed() const override { return m_stop.stop_requested() || m_to.hasFailed(); }

 private:
  exporting::Sink& m_to;
  std::stop_token m_stop;
};

}  // namespace

ExportChoices exportChoices() {
  ExportChoices choices;
  for (const exporting::Format& format : exporting::formats())
    choices.push_back({textOf(format.name), textOf(format.extension), textOf(format.about)});
  return choices;
}

Result<void> exportSession(client::ProfileSource& source, const ExportOrder& order,
                           const std::stop_token& stop) {
  const std::filesystem::path file(QFile::encodeName(order.file).toStdString());
  const auto format = exporting::formatNamed(order.format.toStdString());
  if (!format) return tl::unexpected(format.error());
  exporting::SubjectQuery query;
  query.session = order.session.toStdString();
  query.cost = (*format)->usualCost;
  query.rules = order.rules;
  const auto subject = exporting::subjectOf(source, query, (*format)->needs, stop);
  if (!subject) return tl::unexpected(subject.error());
  auto sink = exporting::FileSink::create(file);
  if (!sink) return tl::unexpected(std::move(sink.error()));
  StoppableSink stoppable(**sink, stop);
  (*format)->write(*subject, stoppable);
  if (stop.stop_requested()) return failure(Code::Unavailable, file.string(), "the export was cancelled");
  return (*sink)->finish();
}

}  // namespace heaptap::gui
