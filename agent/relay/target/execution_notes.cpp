// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/execution_notes.h"

#include <algorithm>

namespace heaptap::relay {
namespace {

using wire::ExecState;

bool isBegun(const wire::ExecNote& note) {
  return note.state.load(std::memory_order_acquire) == static_cast<std::uint32_t>(ExecState::Begun);
}

std::uint32_t namespaceOf(const wire::ExecNote& note) {
  return __atomic_load_n(&note.pidNamespace, __ATOMIC_RELAXED);
}

}  // namespace

std::optional<ExecutionNote> takeExecutionNote(const SharedMemory& memory, const ExecutingProcess& process) {
  for (wire::ExecNote& note : memory.header().execNotes) {
    if (process.ownPid == 0 || !isBegun(note) || note.pid.load(std::memory_order_acquire) != process.ownPid)
      continue;
    const std::uint32_t inode = namespaceOf(note);
    if (inode != 0 && process.pidNamespace != 0 && inode != process.pidNamespace) continue;
    // The target may write here at any time: what is copied is of a bounded length, and only ever shown.
    const std::size_t length =
        std::min<std::size_t>(__atomic_load_n(&note.pathBytes, __ATOMIC_RELAXED), wire::kExecPathBytes);
    ExecutionNote taken{
        .process = __atomic_load_n(&note.process, __ATOMIC_RELAXED),
        .path = std::string(note.path, length),
        .hasPreload = (__atomic_load_n(&note.flags, __ATOMIC_RELAXED) & wire::kExecWithoutPreload) == 0};
    auto begun = static_cast<std::uint32_t>(ExecState::Begun);
    if (note.state.compare_exchange_strong(begun, static_cast<std::uint32_t>(ExecState::Free),
                                           std::memory_order_acq_rel))
      return taken;
  }
  return std::nullopt;
}

std::vector<ExecutingProcess> executingProcesses(const SharedMemory& memory) {
  std::vector<ExecutingProcess> processes;
  for (const wire::ExecNote& note : memory.header().execNotes)
    if (const std::uint32_t pid = note.pid.load(std::memory_order_acquire); isBegun(note) && pid != 0)
      processes.push_back({pid, namespaceOf(note)});
  return processes;
}

}  // namespace heaptap::relay
