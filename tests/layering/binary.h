// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace heaptap::layering {

/// What binutils tell about a built library or program.
class Binary {
 public:
  explicit Binary(std::string path) : m_path(std::move(path)) {}

  /// Libraries that the loader must find (DT_NEEDED).
  [[nodiscard]] std::set<std::string> needed() const;
  [[nodiscard]] std::string soname() const;

  /// A symbol version that the file asks for.
  struct VersionNeed {
    std::string name;   ///< GLIBC_2.17
    bool weak = false;  ///< The loader only warns when it is not there.
  };
  [[nodiscard]] std::vector<VersionNeed> versionNeeds() const;

  /// Names of the dynamic symbols that others can bind to.
  [[nodiscard]] std::set<std::string> exports() const;

  /// Names of the dynamic symbols that it takes from others.
  [[nodiscard]] std::set<std::string> imports() const;

  /// Types of its dynamic relocations.
  [[nodiscard]] std::set<std::string> relocations() const;

  /// What it asks of the loader (DT_FLAGS_1).
  [[nodiscard]] std::set<std::string> flags() const;

  /// What it says that the processor may do with it (.note.gnu.property).
  [[nodiscard]] std::set<std::string> properties() const;

  /// Names of the functions with an instruction whose name begins so, as C++ writes them.
  [[nodiscard]] std::set<std::string> functionsWith(const std::string& instruction) const;

  [[nodiscard]] const std::string& path() const { return m_path; }

  /// Size of the thread-local block of each thread, in bytes; 0 without one.
  [[nodiscard]] std::uint64_t tlsBytes() const;
  /// What the file has of all that is loaded: code and data, without what begins as zero.
  [[nodiscard]] std::uint64_t loadedBytes() const;

 private:
  [[nodiscard]] std::vector<std::vector<std::string>> readelf(const std::string& option) const;

  std::string m_path;
};

}  // namespace heaptap::layering
