// SPDX-License-Identifier: Apache-2.0
#include "cli/tree/opened_tree.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "client/files/session_folder.h"
#include "collector/store/abandoned_file.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace fs = std::filesystem;

Result<OpenedTree> OpenedTree::open(const std::string& session, const std::optional<std::string>& collector,
                                    Progress* progress) {
  return openSession(session, collector, progress).and_then([&](OpenedSession opened) {
    OpenedTree tree(std::move(opened));
    const auto listed = tree.m_opened.files != nullptr ? tree.listFiles(session) : tree.listCollector();
    return listed.map([&] { return std::move(tree); });
  });
}

Result<void> OpenedTree::listFiles(const std::string& session) {
  const fs::path file(session);
  const auto own = source().sessions();
  if (!own) return tl::unexpected(own.error());
  client::ListedSession root{.info = own->front()};
  m_names.emplace(root.info.id(), session);
  m_isOpened.insert(root.info.id());
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  auto found = client::sessionsIn(folder);
  if (!found) {
    // The session itself was read: a folder that cannot be listed hides the others only.
    note("the other sessions of its folder are not known: " + found.error().line());
    found = std::vector<client::FolderSession>();
  }
  const std::string stem = file.stem().string() + ".";
  std::vector<client::ListedSession> listed;
  for (client::FolderSession& each : *found) {
    const fs::path path = file.parent_path() / each.file.filename();
    if (!each.info) {
      // A run calls its files after the first. Others may be of any run, or none.
      if (each.file.filename().string().starts_with(stem)) note(each.info.error().line() + " (left out)");
      continue;
    }
    const bool isOpen = each.hasMore && !store::isAbandoned(path);
    if (each.info->id() == root.info.id()) root.isOpen = isOpen;
    m_names.try_emplace(each.info->id(), path.string());
    listed.push_back({.info = std::move(*each.info), .isOpen = isOpen});
  }
  setTree(root, listed, "its folder");
  return {};
}

Result<void> OpenedTree::listCollector() {
  const auto summary = source().summary(m_opened.id);
  if (!summary) return tl::unexpected(summary.error());
  auto infos = source().sessions();
  if (!infos) return tl::unexpected(std::move(infos.error()));
  const auto listedAs = [](const v1::SessionInfo& info) {
    return client::ListedSession{.info = info, .isOpen = info.state() == v1::SESSION_LIVE};
  };
  std::vector<client::ListedSession> listed;
  for (const v1::SessionInfo& info : *infos) {
    m_names.try_emplace(info.id(), info.id());
    listed.push_back(listedAs(info));
  }
  m_names.try_emplace(summary->info().id(), summary->info().id());
  setTree(listedAs(summary->info()), listed, "the collector");
  return {};
}

void OpenedTree::setTree(const client::ListedSession& root, const std::vector<client::ListedSession>& listed,
                         const char* where) {
  m_tree = client::treeOf(root, listed);
  for (const std::string& id : m_tree.missing)
    note("session " + id + ", from which others here came, is not in " + std::string(where) +
         ": its numbers are missing");
  for (const std::string& id : m_tree.cutOff)
    note("session " + id + " ended by an exec, and what its process became is not in " + std::string(where) +
         ": its numbers are missing");
}

const std::string& OpenedTree::nameOf(const client::TreeMember& member) const {
  const auto found = m_names.find(member.info.id());
  return found != m_names.end() ? found->second : member.info.id();
}

std::string OpenedTree::wordsFor(const client::TreeMember& member) {
  const std::string called = member.info.command().empty() ? std::string() : member.info.command(0);
  const std::string program = called.substr(called.rfind('/') + 1);
  return "pid " + std::to_string(member.info.pid()) + (program.empty() ? "" : " (" + program + ")");
}

Result<void> OpenedTree::openMember(const client::TreeMember& member) {
  if (m_opened.files == nullptr || m_isOpened.contains(member.info.id())) return {};
  return m_opened.files->addFile(nameOf(member)).and_then([&](const std::string& id) -> Result<void> {
    if (id != member.info.id())
      return failure(Code::Corrupt, nameOf(member), "another session has taken its place", "ask again");
    noteIfAbandoned(nameOf(member));
    m_isOpened.insert(id);
    return {};
  });
}

void OpenedTree::leaveOut(const client::TreeMember& member, const Error& error) {
  if (!m_leftOut.insert(member.info.id()).second) return;
  if (!m_firstLeftOut) m_firstLeftOut = error;
  note(wordsFor(member) + " is left out: " + error.line());
}

Error OpenedTree::noneAnswered() const {
  if (m_tree.members.size() == 1 && m_firstLeftOut) return *m_firstLeftOut;
  Error error{Code::NotFound, m_opened.files != nullptr ? nameOf(m_tree.root()) : m_opened.id,
              "no session of the tree could answer", ""};
  if (m_firstLeftOut) {
    error.code = m_firstLeftOut->code;
    error.what += "; the first: " + m_firstLeftOut->what;
    error.remedy = m_firstLeftOut->remedy;
  }
  return error;
}

std::optional<client::Profile> OpenedTree::profile(const client::TreeMember& member,
                                                   const client::When& when) {
  auto profile = openMember(member).and_then([&] { return source().profile(member.info.id(), when); });
  if (profile) return std::move(*profile);
  leaveOut(member, profile.error());
  return std::nullopt;
}

std::optional<client::ProfileSource::Blocks> OpenedTree::blocks(const client::TreeMember& member,
                                                                const v1::Instant& at,
                                                                const model::BlockQuery& query) {
  auto found = openMember(member).and_then([&] { return source().blocks(member.info.id(), at, query); });
  if (found) return std::move(*found);
  leaveOut(member, found.error());
  return std::nullopt;
}

Result<client::TreeInstant> OpenedTree::instantOf(const std::string& words) {
  return client::treeInstantOf(words, m_tree, [this](const client::TreeMember& member) {
    return openMember(member).and_then([&] { return source().summary(member.info.id()); });
  });
}

Result<std::optional<OpenedTree::Times>> OpenedTree::timesOf(const TimeOptions& options) {
  if (!options.isGiven()) return std::optional<Times>();
  const std::string& snapshot = options.snapshot;
  const std::string& end = !snapshot.empty()     ? snapshot
                           : !options.at.empty() ? options.at
                           : !options.to.empty() ? options.to
                                                 : std::string("end");
  // A snapshot may have the name of a time.
  auto at = instantOf(snapshot.empty() ? end : ":" + snapshot);
  if (!at) return tl::unexpected(std::move(at.error()));
  Times times{.at = std::move(*at), .gone = options.gone};
  if (options.from.empty() && options.to.empty()) return std::optional(std::move(times));
  auto from = instantOf(options.from.empty() ? "start" : options.from);
  if (!from) return tl::unexpected(std::move(from.error()));
  if (from->ns > times.at.ns)
    return failure(Code::Usage, "--from " + (options.from.empty() ? "start" : options.from),
                   "is after --to " + (options.to.empty() ? std::string("end") : options.to),
                   "give a later --to");
  times.from = std::move(*from);
  return std::optional(std::move(times));
}

}  // namespace heaptap::cli
