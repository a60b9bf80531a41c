// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/suppression_rule.h"

#include <QFile>
#include <algorithm>

#include "analysis/suppressions/suppression_writer.h"
#include "client/site_table.h"
#include "gui/models/save_file.h"

namespace heaptap::gui {
namespace {

bool isRule(const std::string& lines) {
  return lines.starts_with("leak:") || lines.find("\nleak:") != std::string::npos;
}

}  // namespace

Result<std::string> suppressionOf(client::ProfileSource& source, const std::string& session,
                                  const analysis::LeakRules& rules, const SiteNumbers::Key& site,
                                  const std::stop_token& stop) {
  auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  const client::SiteTable table(*profile);
  const client::SiteKey key{.stack = static_cast<model::StackId>(site.first),
                            .heap = static_cast<model::HeapId>(site.second)};
  analysis::LeakReport report = analysis::LeakJudge(rules, *profile).leaks(table, key.heap);
  std::erase_if(report.groups, [&](const analysis::LeakGroup& group) {
    return std::none_of(group.sites.begin(), group.sites.end(),
                        [&](const analysis::LeakedSite& each) { return each.key == key; });
  });
  std::string lines = analysis::suppressionsFor(report, analysis::SuppressionFormat::Lsan);
  if (!isRule(lines))
    return failure(Code::NotFound, "the leak", "has no function that a suppression could name",
                   "write one by module: docs/reports.md");
  return lines;
}

Result<void> appendTo(const std::string& file, const std::string& lines) {
  const QString name = QFile::decodeName(QByteArray::fromStdString(file));
  QByteArray content;
  if (QFile before(name); before.exists()) {
    if (!before.open(QIODevice::ReadOnly))
      return failure(Code::NotWritable, file, "cannot be read: " + before.errorString().toStdString(),
                     "name another file");
    content = before.readAll();
    if (!content.isEmpty() && !content.endsWith('\n')) content += '\n';
  }
  const QString problem = saveFile(name, content + QByteArray::fromStdString(lines));
  if (problem.isEmpty()) return {};
  return failure(Code::NotWritable, file, "cannot be written: " + problem.toStdString(), "name another file");
}

}  // namespace heaptap::gui
