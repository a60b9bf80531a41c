// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/resolver.h"

#include <utility>

#include "agent/symbols/elf_module.h"

namespace heaptap::symbols {

struct Resolver::Impl {
  struct Entry {
    ModuleFile file;
    bool opened = false;
    std::unique_ptr<ElfModule> module;  ///< Null once `opened`: the file is of no use.
  };
  SearchPlaces places;
  std::vector<Entry> entries;

  /// Null: there is no such module, or its file is of no use.
  ElfModule* opened(ModuleHandle module) {
    if (module >= entries.size()) return nullptr;
    Entry& entry = entries[module];
    if (!entry.opened) {
      entry.opened = true;
      entry.module = ElfModule::open(entry.file, places);
    }
    return entry.module.get();
  }
};

Resolver::Resolver(SearchPlaces places) : m_impl(std::make_unique<Impl>()) {
  m_impl->places = std::move(places);
}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

Resolver::ModuleHandle Resolver::addModule(const ModuleFile& file) {
  m_impl->entries.push_back({.file = file, .module = nullptr});
  return m_impl->entries.size() - 1;
}

bool Resolver::isReadable(ModuleHandle module) { return m_impl->opened(module) != nullptr; }

LinesMissing Resolver::linesMissing(ModuleHandle module) {
  ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr ? opened->linesMissing() : LinesMissing::No;
}

LinesMissing Resolver::searchedLines(ModuleHandle module) {
  ElfModule* const opened = m_impl->opened(module);
  return opened != nullptr ? opened->searchedLines() : LinesMissing::No;
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
