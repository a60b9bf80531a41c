// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/split_units.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/symbols/debug_compression.h"
#include "agent/symbols/die.h"
#include "agent/symbols/elf_image.h"
#include "agent/symbols/elf_pointer.h"
#include "agent/symbols/elf_sections.h"
#include "agent/symbols/regular_file.h"
#include "agent/symbols/string_sections.h"

namespace heaptap::symbols {
namespace {

/// Of our own skeletons (DWARF 5, 7.5.3): 1 as DWARF 5 has them, 2 as GNU's extension of DWARF 4.
constexpr unsigned char kSkeletonAbbreviations[] = {1,
                                                    DW_TAG_skeleton_unit,
                                                    DW_CHILDREN_no,  //
                                                    DW_AT_dwo_name,
                                                    DW_FORM_string,
                                                    DW_AT_low_pc,
                                                    DW_FORM_addr,
                                                    DW_AT_addr_base,
                                                    DW_FORM_sec_offset,
                                                    0,
                                                    0,  //
                                                    2,
                                                    DW_TAG_compile_unit,
                                                    DW_CHILDREN_no,  //
                                                    0xB0,
                                                    0x42,
                                                    DW_FORM_string,  // DW_AT_GNU_dwo_name, 0x2130 as ULEB128
                                                    0xB1,
                                                    0x42,
                                                    DW_FORM_data8,  // DW_AT_GNU_dwo_id
                                                    DW_AT_low_pc,
                                                    DW_FORM_addr,  //
                                                    0xB3,
                                                    0x42,
                                                    DW_FORM_sec_offset,  // DW_AT_GNU_addr_base
                                                    0xB2,
                                                    0x42,
                                                    DW_FORM_sec_offset,  // DW_AT_GNU_ranges_base
                                                    0,
                                                    0,
                                                    0};

/// What a full unit takes from its skeleton.
struct Skeleton {
  std::uint64_t id = 0;
  Dwarf_Half version = 0;
  Dwarf_Addr base = 0;
  std::uint64_t addresses = 0;  ///< Where its part of .debug_addr begins.
  std::uint64_t ranges = 0;     ///< Likewise, of .debug_ranges. Only before DWARF 5.

  /// Nothing: the unit is no skeleton.
  static std::optional<Skeleton> of(Dwarf_Die& die) {
    Skeleton found;
    std::uint8_t type = 0;
    if (dwarf_cu_info(die.cu, &found.version, &type, nullptr, nullptr, &found.id, nullptr, nullptr) != 0 ||
        type != DW_UT_skeleton) {
      return std::nullopt;
    }
    if (dwarf_lowpc(&die, &found.base) != 0) found.base = 0;
    found.addresses =
        ownNumber(die, DW_AT_addr_base).value_or(ownNumber(die, DW_AT_GNU_addr_base).value_or(0));
    found.ranges = ownNumber(die, DW_AT_GNU_ranges_base).value_or(0);
    return found;
  }

  /// Appends a unit that has the same, and another file.
  void appendTo(std::string& info, const std::string& file) const {
    std::string unit;
    appendRaw<std::uint16_t>(unit, version < 5 ? 4 : 5);
    if (version >= 5) {
      appendRaw<std::uint8_t>(unit, DW_UT_skeleton);
      appendRaw<std::uint8_t>(unit, 8);
      appendRaw<std::uint32_t>(unit, 0);  // Where the abbreviations are.
      appendRaw(unit, id);
      appendRaw<std::uint8_t>(unit, 1);
      unit.append(file).push_back('\0');
      appendRaw(unit, std::uint64_t{base});
      appendRaw(unit, static_cast<std::uint32_t>(addresses));
    } else {
      appendRaw<std::uint32_t>(unit, 0);
      appendRaw<std::uint8_t>(unit, 8);
      appendRaw<std::uint8_t>(unit, 2);
      unit.append(file).push_back('\0');
      appendRaw(unit, id);
      appendRaw(unit, std::uint64_t{base});
      appendRaw(unit, static_cast<std::uint32_t>(addresses));
      appendRaw(unit, static_cast<std::uint32_t>(ranges));
    }
    appendRaw(info, static_cast<std::uint32_t>(unit.size()));
    info += unit;
  }

  /// Of the DIE in such a unit, from its begin.
  [[nodiscard]] Dwarf_Off dieOffset() const { return version < 5 ? 11 : 20; }
};

std::string bytesOfSection(Dwarf* dwarf, std::string_view name) {
  for (const ElfSection section : ElfSections(dwarf_getelf(dwarf)))
    if (section.name() == name) return std::string(section.bytes());
  return {};
}

template <class Visit>
void forEachSkeleton(Dwarf* dwarf, Visit visit) {
  // Each is remembered, and a damaged file has any number.
  Effort effort;
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die{};
  std::uint8_t type = 0;
  while (effort.spend(Effort::kKeep) &&
         dwarf_get_units(dwarf, unit, &unit, nullptr, &type, &die, nullptr) == 0) {
    if (type != DW_UT_skeleton) continue;
    if (const auto skeleton = Skeleton::of(die); skeleton && !visit(*skeleton, die)) return;
  }
}

/// Returns true when it is the file of this unit, not of an earlier or a later build.
bool hasUnit(const UniqueFd& file, std::uint64_t id) {
  const DwarfPointer dwarf(dwarf_begin(file.get(), DWARF_C_READ));
  Effort effort;
  Dwarf_CU* unit = nullptr;
  while (dwarf != nullptr && effort.spend(Effort::kKeep) &&
         dwarf_get_units(dwarf.get(), unit, &unit, nullptr, nullptr, nullptr, nullptr) == 0) {
    std::uint64_t found = 0;
    std::uint8_t type = 0;
    if (dwarf_cu_info(unit, nullptr, &type, nullptr, nullptr, &found, nullptr, nullptr) == 0 &&
        type == DW_UT_split_compile && found == id) {
      return true;
    }
  }
  return false;
}

UniqueFd uncompressed(UniqueFd file) {
  const ElfPointer elf = openElf(file.get());
  if (elf == nullptr) return {};
  return hasZstdSections(elf.get()) ? copyDecompressed(file, elf.get(), Compressed::WithZstd)
                                    : std::move(file);
}

}  // namespace

SplitUnits::~SplitUnits() {
  if (m_skeletons != nullptr) dwarf_end(m_skeletons);
  if (m_elf != nullptr) elf_end(m_elf);
}

bool SplitUnits::prepareSkeletons() {
  m_slot = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!m_slot) return false;
  const std::string file = "/proc/self/fd/" + std::to_string(m_slot.get());
  std::string info;
  forEachSkeleton(m_main, [&](const Skeleton& skeleton, Dwarf_Die&) {
    if (m_offsets.try_emplace(skeleton.id, info.size() + skeleton.dieOffset()).second)
      skeleton.appendTo(info, file);
    return true;
  });
  if (info.empty()) return false;
  ElfImage image;
  image.add(".debug_info", info);
  image.add(".debug_abbrev",
            std::string(std::begin(kSkeletonAbbreviations), std::end(kSkeletonAbbreviations)));
  image.add(".debug_addr", bytesOfSection(m_main, ".debug_addr"));
  image.add(".debug_ranges", bytesOfSection(m_main, ".debug_ranges"));
  m_image = image.finish();
  m_elf = elf_memory(m_image.data(), m_image.size());
  if (m_elf != nullptr) m_skeletons = dwarf_begin_elf(m_elf, DWARF_C_READ, nullptr);
  return m_skeletons != nullptr;
}

bool SplitUnits::prepare() {
  if (!m_prepared) {
    m_prepared = true;
    prepareSkeletons();
  }
  return m_skeletons != nullptr;
}

std::optional<Dwarf_Die> SplitUnits::find(Dwarf_Die& skeleton) {
  const auto known = Skeleton::of(skeleton);
  if (!known) return std::nullopt;
  const bool hadMissed = std::exchange(m_hasMissed, true);  // Unless all goes well.
  Dwarf_Die own{};
  if (!prepare() || !m_offsets.contains(known->id) ||
      dwarf_offdie(m_skeletons, m_offsets[known->id], &own) == nullptr) {
    return std::nullopt;
  }
  UniqueFd file = fileOf(skeleton, known->id);
  if (!file || ::dup3(file.get(), m_slot.get(), O_CLOEXEC) < 0) return std::nullopt;
  Dwarf_Die full{};
  if (dwarf_cu_info(own.cu, nullptr, nullptr, nullptr, &full, nullptr, nullptr, nullptr) != 0 ||
      full.addr == nullptr || !stringsAreTerminated(dwarf_cu_getdwarf(full.cu))) {
    return std::nullopt;
  }
  m_hasMissed = hadMissed;
  return full;
}

UniqueFd SplitUnits::fileOf(Dwarf_Die& skeleton, std::uint64_t id) {
  UniqueFd loose = looseFile(skeleton, id);
  return loose ? std::move(loose) : packedUnit(id);
}

UniqueFd SplitUnits::looseFile(Dwarf_Die& skeleton, std::uint64_t id) {
  const char* name = ownString(skeleton, DW_AT_dwo_name);
  if (name == nullptr) name = ownString(skeleton, DW_AT_GNU_dwo_name);
  if (name == nullptr || *name == '\0') return {};
  const std::string file = name;
  const char* const compiledIn = ownString(skeleton, DW_AT_comp_dir);
  const std::string built =
      file.front() == '/' || compiledIn == nullptr ? file : std::string(compiledIn) + '/' + file;
  std::vector<std::string> candidates;
  if (built.front() == '/') {
    if (!m_places.sysroot.empty()) candidates.push_back(m_places.sysroot + built);
    candidates.push_back(built);
  }
  for (const std::string& folder : m_places.folders) {
    if (file.front() != '/') candidates.push_back(folder + '/' + file);
    candidates.push_back(folder + '/' + file.substr(file.rfind('/') + 1));
  }
  for (const std::string& candidate : candidates) {
    UniqueFd found = openRegular(candidate);
    if (found) found = uncompressed(std::move(found));
    if (found && hasUnit(found, id)) return found;
  }
  return {};
}

bool SplitUnits::openPackages() {
  if (!m_packagesOpened) {
    m_packagesOpened = true;
    for (const std::string& path : m_places.packages)
      if (auto package = DwarfPackage::open(path)) m_packages.push_back(std::move(package));
  }
  return !m_packages.empty();
}

UniqueFd SplitUnits::packedUnit(std::uint64_t id) {
  if (!openPackages()) return {};
  for (const auto& package : m_packages) {
    const auto unit = package->unit(id);
    if (!unit) continue;
    UniqueFd file = fileInMemory();
    if (file && writeAt(file, 0, unit->data(), unit->size())) return file;
  }
  return {};
}

bool SplitUnits::areThere() {
  bool all = true;
  forEachSkeleton(m_main, [&](const Skeleton& skeleton, Dwarf_Die& die) {
    all = looseFile(die, skeleton.id) ||
          (openPackages() && std::any_of(m_packages.begin(), m_packages.end(),
                                         [&](const auto& package) { return package->has(skeleton.id); }));
    return all;
  });
  return all;
}

}  // namespace heaptap::symbols
