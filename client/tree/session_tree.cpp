// SPDX-License-Identifier: Apache-2.0
#include "client/tree/session_tree.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace heaptap::client {
namespace {

/// Times come from elsewhere: none is so far from another that a sum of two would not fit.
constexpr std::int64_t kFarthestNs = std::int64_t{1} << 61;

std::int64_t between(std::int64_t from, std::int64_t to) {
  std::int64_t ns = 0;
  if (__builtin_sub_overflow(to, from, &ns)) return to < from ? -kFarthestNs : kFarthestNs;
  return std::clamp(ns, -kFarthestNs, kFarthestNs);
}

TreeMember memberOf(const ListedSession& session, const ListedSession& root) {
  TreeMember member{.info = session.info, .isOpen = session.isOpen};
  member.startNs = between(root.info.started_at_unix_ns(), session.info.started_at_unix_ns());
  const auto most = static_cast<std::uint64_t>(kFarthestNs);
  member.endNs = member.startNs + static_cast<std::int64_t>(std::min(session.info.duration_ns(), most));
  return member;
}

/// Puts sessions behind those that they came from. What lists say is not trusted: a circle of parents is cut.
class TreeBuilder {
 public:
  TreeBuilder(const ListedSession& root, const std::vector<ListedSession>& listed) : m_root(root) {
    add(root);
    for (const ListedSession& each : listed) add(each);
    for (const auto& [id, session] : m_sessions)
      if (id != root.info.id()) m_children[session->info.parent_id()].push_back(session);
    for (auto& [parent, children] : m_children)
      std::stable_sort(children.begin(), children.end(), [](const auto* a, const auto* b) {
        const auto key = [](const ListedSession& session) {
          return std::tuple(session.info.started_at_unix_ns(), session.info.image());
        };
        return key(*a) < key(*b);
      });
  }

  SessionTree build() {
    m_tree.isWholeRun = m_root.info.parent_id().empty() && m_root.info.image() == 0;
    visit(m_root, m_tree.processes++, 0);
    if (m_tree.isWholeRun) addOrphans();
    findCutOff();
    return std::move(m_tree);
  }

 private:
  void add(const ListedSession& session) { m_sessions.try_emplace(session.info.id(), &session); }

  /// Depth first, without recursion: a chain of parents may be as long as a list.
  void visit(const ListedSession& first, std::uint32_t process, std::uint32_t depth) {
    struct Next {
      const ListedSession* session;
      std::uint32_t depth;
      const ListedSession* parent;
      std::uint32_t parentsProcess;
    };
    std::vector<Next> next{{&first, depth, nullptr, process}};
    while (!next.empty()) {
      const Next each = next.back();
      next.pop_back();
      if (!m_seen.insert(each.session->info.id()).second) continue;
      const bool isSame = each.parent == nullptr || isImageOf(*each.session, *each.parent);
      const std::uint32_t own = isSame ? each.parentsProcess : m_tree.processes++;
      TreeMember& member = m_tree.members.emplace_back(memberOf(*each.session, m_root));
      member.process = own;
      member.depth = each.depth;
      const auto children = m_children.find(each.session->info.id());
      if (children == m_children.end()) continue;
      const auto push = [&](bool images) {
        for (auto child = children->second.rbegin(); child != children->second.rend(); ++child)
          if (isImageOf(**child, *each.session) == images)
            next.push_back({*child, each.depth + (images ? 0 : 1), each.session, own});
      };
      push(false);
      push(true);  // Taken first, so that the images of a process are neighbours.
    }
  }

  /// Whether a process went on as `session` when an exec ended `before`.
  static bool isImageOf(const ListedSession& session, const ListedSession& before) {
    return session.info.pid() == before.info.pid() && session.info.pid() != 0;
  }

  /// Sessions of the run that came from one that is not here, or from none that was recorded.
  void addOrphans() {
    const std::string& run = m_root.info.tree_id();
    if (run.empty()) return;
    const auto isHere = [this](const std::string& id) { return m_sessions.contains(id); };
    for (const auto& [parent, children] : m_children)
      for (const ListedSession* const child : children) {
        if (child->info.tree_id() != run || isHere(parent)) continue;
        if (!parent.empty() && (m_tree.missing.empty() || m_tree.missing.back() != parent))
          m_tree.missing.push_back(parent);
        visit(*child, m_tree.processes++, 1);
      }
    // What is left comes, by what the list says, of itself.
    for (const auto& [id, session] : m_sessions)
      if (session->info.tree_id() == run && !m_seen.contains(id)) visit(*session, m_tree.processes++, 1);
  }

  void findCutOff() {
    for (const TreeMember& member : m_tree.members) {
      if (!member.info.has_next_image()) continue;
      const auto children = m_children.find(member.info.id());
      const bool goesOn =
          children != m_children.end() &&
          std::any_of(children->second.begin(), children->second.end(),
                      [&](const ListedSession* child) { return child->info.pid() == member.info.pid(); });
      if (!goesOn) m_tree.cutOff.push_back(member.info.id());
    }
  }

  const ListedSession& m_root;
  std::map<std::string, const ListedSession*> m_sessions;  ///< By id.
  std::map<std::string, std::vector<const ListedSession*>>
      m_children;  ///< By the parent's id, in their order.
  std::set<std::string> m_seen;
  SessionTree m_tree;
};

}  // namespace

std::uint64_t SessionTree::durationNs() const {
  std::int64_t end = 0;
  for (const TreeMember& member : members) end = std::max(end, member.endNs);
  return static_cast<std::uint64_t>(end);
}

SessionTree treeOf(const ListedSession& root, const std::vector<ListedSession>& listed) {
  return TreeBuilder(root, listed).build();
}

}  // namespace heaptap::client
