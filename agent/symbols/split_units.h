// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/symbols/dwarf_package.h"
#include "base/unique_fd.h"

namespace heaptap::symbols {

/// Where the split-off debug information of a binary may be.
struct SplitPlaces {
  std::vector<std::string> packages;  ///< .dwp files; most do not exist.
  std::vector<std::string> folders;   ///< Of the binary and its debug file, for .dwo files.
  std::string sysroot;                ///< See SearchPlaces.
};

/// The units of a binary that was compiled with -gsplit-dwarf: in the binary there are skeletons only, the
/// rest is in .dwo files, one each, or in a .dwp file.
///
/// libdw joins a skeleton with a .dwo file, if it finds that by itself, opening whatever path the binary
/// names. So it is asked to join skeletons of our own instead, with the same ids and addresses, whose .dwo
/// file is a descriptor of this process: what we have found, decompressed or unpacked.
///
///     binary: skeleton ──id──► our own: skeleton ──/proc/self/fd/N──► the unit's .dwo, or a copy of it
class SplitUnits {
 public:
  /// Owns: nothing of `main`, which must outlive this.
  SplitUnits(Dwarf* main, SplitPlaces places) : m_main(main), m_places(std::move(places)) {}
  ~SplitUnits();
  SplitUnits(const SplitUnits&) = delete;
  SplitUnits& operator=(const SplitUnits&) = delete;

  /// The full unit of a skeleton; nothing: it is not there, or damaged.
  [[nodiscard]] std::optional<Dwarf_Die> find(Dwarf_Die& skeleton);
  /// Returns true when a unit was asked for that is not there.
  [[nodiscard]] bool hasMissed() const { return m_hasMissed; }
  /// Returns true when there is a file for each unit. Reads no unit.
  [[nodiscard]] bool areThere();

 private:
  bool prepare();
  bool prepareSkeletons();
  UniqueFd fileOf(Dwarf_Die& skeleton, std::uint64_t id);
  UniqueFd looseFile(Dwarf_Die& skeleton, std::uint64_t id);
  UniqueFd packedUnit(std::uint64_t id);
  bool openPackages();

  Dwarf* const m_main;
  const SplitPlaces m_places;
  bool m_prepared = false;
  std::string m_image;  ///< Of our own skeletons, …
  Elf* m_elf = nullptr;
  Dwarf* m_skeletons = nullptr;
  std::map<std::uint64_t, Dwarf_Off> m_offsets;  ///< … by id.
  UniqueFd m_slot;                               ///< The descriptor that all of them name.
  bool m_packagesOpened = false;
  std::vector<std::unique_ptr<DwarfPackage>> m_packages;
  bool m_hasMissed = false;
};

}  // namespace heaptap::symbols
