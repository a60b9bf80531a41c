// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/symbols/resolver.h"

namespace heaptap::symbols::test {

/// Path of a built fixture.
std::string fixture(const std::string& name);

/// Line number of `here: MARK` in a fixture's source.
std::uint32_t lineOf(const std::string& source, const std::string& mark);

/// A folder of its own for each test, gone afterwards.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::filesystem::path path() const { return m_path; }

 private:
  std::string m_path;
};

/// Raw bytes, by readelf; empty: none.
std::string buildIdOf(const std::string& path);

/// As people write bytes: `0a1b`.
std::string hex(const std::string& bytes);

/// What a command prints; fails the test when it ends with an error.
std::string outputOf(const std::string& command);

/// The labels and addresses that a fixture reports when it runs.
std::map<std::string, std::uint64_t> reportedAddresses(const std::string& path);

/// One function symbol, from nm.
struct Symbol {
  std::uint64_t address;
  std::uint64_t size;
  std::string name;
};
std::vector<Symbol> codeSymbols(const std::string& path);

/// `FUNCTION FILE:LINE` for each line, with the file's last component, and " (inlined)".
std::vector<std::string> readable(const std::vector<SourceLine>& lines);

/// The lines of one address of a file.
std::vector<SourceLine> resolveIn(const std::string& path, std::uint64_t address);

}  // namespace heaptap::symbols::test
