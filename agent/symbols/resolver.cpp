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
  std::string debugPath;  ///< As libdwfl wants it.
  std::vector<Entry> entries;

  /// Null: there is no such module, or its file is of no use.
  ElfModule* opened(ModuleHandle module) {
    if (module >= entries.size()) return nullptr;
    Entry& entry = entries[module];
    if (!entry.opened) {
      entry.opened = true;
      entry.module = ElfModule::open(entry.file, debugPath);
    }
    return entry.module.get();
  }
};

Resolver::Resolver(const std::vector<std::string>& debugFolders) : m_impl(std::make_unique<Impl>()) {
  m_impl->debugPath = ":.debug:/usr/lib/debug";  // The binary's folder, its .debug, and the system's.
  for (const std::string& folder : debugFolders) m_impl->debugPath += ':' + folder;
}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

Resolver::ModuleHandle Resolver::addModule(const ModuleFile& file) {
  m_impl->entries.push_back({.file = file, .module = nullptr});
  return m_impl->entries.size() - 1;
}

bool Resolver::isReadable(ModuleHandle module) { return m_impl->opened(module) != nullptr; }

bool Resolver::lacksDescriptors(ModuleHandle module) {
  const ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr && opened->lacksDescriptors();
}

std::vector<SourceLine> Resolver::resolve(ModuleHandle module, std::uint64_t fileAddress) {
  ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr ? opened->resolve(fileAddress) : std::vector<SourceLine>();
}

CalledAllocator Resolver::calledBefore(ModuleHandle module, std::uint64_t fileAddress) {
  ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr ? opened->calledBefore(fileAddress) : CalledAllocator();
}

std::optional<CalledAllocator> Resolver::calledByName(ModuleHandle module, const std::string& function) {
  ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr ? opened->operators().calledByName(function) : std::nullopt;
}

bool Resolver::hasOwnOperators(ModuleHandle module) {
  ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr && opened->operators().any();
}

}  // namespace heaptap::symbols
