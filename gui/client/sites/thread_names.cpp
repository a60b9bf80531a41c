// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/thread_names.h"

#include <map>
#include <string_view>

#include "gui/client/sites/name_texts.h"

namespace heaptap::gui {

std::vector<QString> threadNamesOf(const model::DefinitionsView& definitions) {
  const std::vector<std::string_view> names = definitions.threadNames();
  std::map<std::string_view, int> times;
  for (const std::string_view name : names) ++times[name];
  std::vector<QString> shown;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const QString id = QString::number(definitions.threads[i].tid);
    const QString name = readText(names[i]).simplified();
    if (name.isEmpty())
      shown.push_back(id);
    else
      shown.push_back(times[names[i]] > 1 ? name + ' ' + id : name);
  }
  return shown;
}

}  // namespace heaptap::gui
