// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/resolver.h"

#include "agent/symbols/elf_module.h"

namespace heaptap::symbols {

struct Resolver::Impl {
  struct Entry {
    ModuleFile file;
    bool opened = false;
    std::unique_ptr<ElfModule> module;  ///< Null once `opened`: the file is of no use.
  };
  std::vector<Entry> entries;
};

Resolver::Resolver() : m_impl(std::make_unique<Impl>()) {}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

Resolver::ModuleHandle Resolver::addModule(const ModuleFile& file) {
  m_impl->entries.push_back({.file = file, .module = nullptr});
  return m_impl->entries.size() - 1;
}

std::vector<SourceLine> Resolver::resolve(ModuleHandle module, std::uint64_t fileAddress) {
  if (module >= m_impl->entries.size()) return {};
  Impl::Entry& entry = m_impl->entries[module];
  if (!entry.opened) {
    entry.opened = true;
    entry.module = ElfModule::open(entry.file);
  }
  if (entry.module == nullptr) return {};
  return entry.module->resolve(fileAddress);
}

}  // namespace heaptap::symbols
