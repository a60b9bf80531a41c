// SPDX-License-Identifier: Apache-2.0
#include "cli/unfinished_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

namespace heaptap::cli {
namespace {

constexpr std::array kEndings{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ};

std::atomic<const UnfinishedFile*> g_unfinished{nullptr};
std::array<struct sigaction, kEndings.size()> g_actionsBefore;

/// The inode that has the name; 0: none.
ino_t inodeOf(const char* path) {
  struct stat status {};
  return stat(path, &status) == 0 ? status.st_ino : 0;
}

void removeAndEnd(int number) {
  if (const UnfinishedFile* const unfinished = g_unfinished.load()) unfinished->remove();
  // The action is the default one again (SA_RESETHAND), and the signal comes when the handler has returned.
  raise(number);
}

}  // namespace

UnfinishedFile::UnfinishedFile(const std::filesystem::path& file, Owner owner) {
  if (file.empty()) return;
  for (std::size_t i = 0; i < kSuffixes.size(); ++i) {
    m_names[i].path = file.string() + kSuffixes[i];
    m_names[i].before = owner == Owner::This ? 0 : inodeOf(m_names[i].path.c_str());
  }
  g_unfinished = this;
  struct sigaction action {};
  action.sa_handler = removeAndEnd;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    sigaction(kEndings[i], nullptr, &g_actionsBefore[i]);
    // What is ignored (nohup) does not end the process.
    if (g_actionsBefore[i].sa_handler == SIG_DFL) sigaction(kEndings[i], &action, nullptr);
  }
}

UnfinishedFile::~UnfinishedFile() {
  if (g_unfinished.load() != this) return;
  for (std::size_t i = 0; i < kEndings.size(); ++i)
    if (g_actionsBefore[i].sa_handler == SIG_DFL) sigaction(kEndings[i], &g_actionsBefore[i], nullptr);
  g_unfinished = nullptr;
}

void UnfinishedFile::remove() const {
  for (const Name& name : m_names)
    if (const ino_t now = inodeOf(name.path.c_str()); now != 0 && now != name.before)
      unlink(name.path.c_str());
}

}  // namespace heaptap::cli
