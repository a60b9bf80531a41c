// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/module_import.h"

#include <algorithm>
#include <climits>
#include <tuple>

#include "agent/relay/utf8.h"

namespace heaptap::relay {
namespace {

auto identity(const Module& m) { return std::tie(m.path, m.buildId, m.start, m.end, m.bias); }

}  // namespace

std::optional<Module> ModuleImport::read(std::uint32_t entry) const {
  const wire::ModuleEntry* const e = m_memory.module(entry);
  if (e == nullptr || e->complete.load(std::memory_order_acquire) != 1) return std::nullopt;
  const std::uint32_t pathLength = __atomic_load_n(&e->pathLength, __ATOMIC_RELAXED);
  const std::uint32_t pathOffset = __atomic_load_n(&e->pathOffset, __ATOMIC_RELAXED);
  const std::uint32_t idLength = __atomic_load_n(&e->buildIdLength, __ATOMIC_RELAXED);
  if (pathLength > PATH_MAX || idLength > wire::kBuildIdBytes) return std::nullopt;
  const auto text = m_memory.text(pathOffset, pathLength);
  if (text.size() != pathLength) return std::nullopt;

  Module module;
  module.path.assign(text.begin(), text.end());
  if (module.path.find('\0') != std::string::npos) return std::nullopt;
  module.buildId.assign(reinterpret_cast<const char*>(e->buildId), idLength);
  module.start = __atomic_load_n(&e->start, __ATOMIC_RELAXED);
  module.end = __atomic_load_n(&e->end, __ATOMIC_RELAXED);
  module.bias = __atomic_load_n(&e->bias, __ATOMIC_RELAXED);
  if (module.start > module.end) return std::nullopt;
  if (module.path.empty()) module.path = m_process.executable();
  return module;
}

std::optional<std::uint32_t> ModuleImport::indexOf(std::uint32_t entry) {
  if (const auto known = m_byEntry.find(entry); known != m_byEntry.end()) return known->second;
  auto module = read(entry);
  if (!module) return std::nullopt;
  const auto same = std::find_if(m_modules.begin(), m_modules.end(),
                                 [&](const Module& m) { return identity(m) == identity(*module); });
  const auto index = static_cast<std::uint32_t>(same - m_modules.begin());
  if (same == m_modules.end()) {
    module->file = m_process.openBinary(module->path);
    m_modules.push_back(std::move(*module));
  }
  m_byEntry.emplace(entry, index);
  return index;
}

void ModuleImport::flush(MessageSink& sink) {
  if (m_sent == m_modules.size()) return;
  v1::RecordRequest request;
  for (; m_sent < m_modules.size(); ++m_sent) {
    const Module& m = m_modules[m_sent];
    auto& out = *request.mutable_modules()->add_modules();
    out.set_path(validUtf8(m.path));
    out.set_build_id(m.buildId);
    out.set_start(m.start);
    out.set_end(m.end);
    out.set_bias(m.bias);
  }
  sink.send(request);
}

}  // namespace heaptap::relay
