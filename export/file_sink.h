// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/unique_fd.h"
#include "export/sink.h"

namespace heaptap::exporting {

/// A file that has all of an export, or is as it was before: what is written goes into a file without a name,
/// or where there are no such files, into a hidden one beside it; at the end it takes the name. What is no
/// regular file (/dev/full, a pipe) is written to directly. Owns: the file being written; without finish()
/// nothing of it is left.
class FileSink : public Sink {
 public:
  /// Errors: NotFound: no such folder; NotPermitted, NotWritable, StorageFull.
  [[nodiscard]] static Result<std::unique_ptr<FileSink>> create(const std::filesystem::path& file);
  ~FileSink() override;

  void write(std::string_view bytes) override;
  [[nodiscard]] bool hasFailed() const override { return m_error != 0; }
  /// Gives the file its name. Errors: StorageFull, NotWritable, when anything could not be written.
  [[nodiscard]] Result<void> finish();

  /// The hidden file beside it, which a process that dies early should remove; empty: there is none.
  [[nodiscard]] const std::filesystem::path& temporary() const { return m_temporary; }

 private:
  FileSink(std::filesystem::path file, std::filesystem::path temporary, UniqueFd descriptor)
      : m_file(std::move(file)), m_temporary(std::move(temporary)), m_descriptor(std::move(descriptor)) {}
  [[nodiscard]] Result<void> failed(int error) const;
  /// Makes a file without a name a hidden one. False: errno says why.
  bool giveName();

  std::filesystem::path m_file;
  std::filesystem::path m_temporary;  ///< Has been made; empty: none, or it has no name yet.
  bool m_isWithoutName = false;
  UniqueFd m_descriptor;
  int m_error = 0;  ///< The first errno.
};

}  // namespace heaptap::exporting
