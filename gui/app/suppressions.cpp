// SPDX-License-Identifier: Apache-2.0
#include "gui/app/suppressions.h"

#include <QFile>
#include <string>
#include <utility>
#include <vector>

#include "analysis/files/leak_rule_files.h"

namespace heaptap::gui {

Result<Suppressions> readSuppressions(const QStringList& files) {
  std::vector<std::string> names;
  for (const QString& file : files) names.push_back(QFile::encodeName(file).toStdString());
  return analysis::readLeakRules(names).map([&](analysis::LeakRules rules) {
    return Suppressions{.files = files,
                        .rules = std::make_shared<const analysis::LeakRules>(std::move(rules))};
  });
}

}  // namespace heaptap::gui
