// SPDX-License-Identifier: Apache-2.0
#include "gui/app/known_collectors.h"

#include <QFile>
#include <string>
#include <utility>

#include "rpc/collectors_file.h"

namespace heaptap::gui {
namespace {

/// Which of the dialog's is which of the file's.
constexpr std::pair<QString CollectorChoice::*, std::string rpc::ClientSecurity::*> kMembers[] = {
    {&CollectorChoice::ca, &rpc::ClientSecurity::ca},
    {&CollectorChoice::certificate, &rpc::ClientSecurity::certificate},
    {&CollectorChoice::key, &rpc::ClientSecurity::key},
    {&CollectorChoice::serverName, &rpc::ClientSecurity::serverName},
    {&CollectorChoice::tokenFile, &rpc::ClientSecurity::tokenFile}};

}  // namespace

CollectorChoices knownCollectors() {
  CollectorChoices choices;
  const auto known = rpc::readCollectors();
  if (!known) return choices;
  for (const auto& [address, security] : *known) {
    CollectorChoice& choice = choices.emplace_back();
    choice.address = QString::fromStdString(address);
    for (const auto& [shown, kept] : kMembers) choice.*shown = QFile::decodeName((security.*kept).c_str());
  }
  return choices;
}

Result<void> keepCollector(const CollectorChoice& choice) {
  rpc::ClientSecurity security;
  for (const auto& [shown, kept] : kMembers) security.*kept = QFile::encodeName(choice.*shown).toStdString();
  return rpc::keepSecurity(choice.address.toStdString(), security);
}

}  // namespace heaptap::gui
