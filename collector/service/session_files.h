// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.h"
#include "collector/model/session_record.h"
#include "collector/service/collector_options.h"

namespace heaptap::service {

/// Names the file of each session. Threads: one at a time.
class SessionNames {
 public:
  explicit SessionNames(SessionFiles policy) : m_policy(std::move(policy)) {}

  /// Whether the first image can be stored, before anything is started.
  /// Errors: AlreadyExists, NotWritable, NotFound.
  Result<void> check() const;

  /// The preferred file of a session; the tree's later images take their names from it.
  std::filesystem::path nameFor(const model::Identity& identity);
  /// The name to try instead when `taken` exists; empty when the user chose that very name.
  std::filesystem::path alternative(const std::filesystem::path& taken) const;
  /// Tells where a session was stored in the end.
  void stored(const model::Identity& identity, const std::filesystem::path& file);

  const SessionFiles& policy() const { return m_policy; }

 private:
  /// What the file's name begins with, folder included; empty for the first image of a tree. Children may
  /// arrive before it: they know what it is called.
  std::filesystem::path stemFor(const model::Identity& identity) const;

  SessionFiles m_policy;
  bool m_firstImageTaken = false;
  std::map<model::SessionId, std::filesystem::path> m_treeStems;  ///< Without extension, by tree.
};

}  // namespace heaptap::service
