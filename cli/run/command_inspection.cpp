// SPDX-License-Identifier: Apache-2.0
#include "cli/run/command_inspection.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/unique_fd.h"
#include "programs/executable_image.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

constexpr int kScriptLevels = 4;               ///< The kernel gives up after so many interpreters in a row.
constexpr std::size_t kScriptLineBytes = 256;  ///< BINPRM_BUF_SIZE: what the kernel reads of a `#!` line.

/// 0, or why execve would refuse the file.
int whyNotExecutable(const fs::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  if (!S_ISREG(status.st_mode)) return EACCES;
  // Root may do everything but execute a file that no user may execute.
  return faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

Result<fs::path> cannotExecute(const fs::path& file, int reason) {
  const auto refuse = [&file](const char* what, const char* remedy) {
    return failure(Code::CannotExecute, file.string(), what, remedy);
  };
  switch (reason) {
    case ENOENT:
    case ENOTDIR: return failure(Code::NotFound, file.string(), "command not found");
    case EISDIR: return refuse("is a folder, not a command", "");
    case EACCES:
      return refuse("is not executable", "make it so with chmod +x, or name its interpreter first");
    default: errno = reason; return systemFailure(Code::CannotExecute, file.string(), "cannot be executed");
  }
}

/// The search of execvp(3): PATH only for names without a slash, the first executable file wins, and a
/// file that may not be executed is worth a mention only when nothing else was found.
Result<fs::path> findCommand(const std::string& name) {
  if (name.empty()) return failure(Code::NotFound, "''", "command not found: its name is empty");
  if (name.find('/') != std::string::npos) {
    const int reason = whyNotExecutable(name);
    return reason == 0 ? Result<fs::path>(name) : cannotExecute(name, reason);
  }
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable != nullptr ? variable : "/bin:/usr/bin";
  fs::path refused;
  int refusal = 0;
  while (true) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    // An empty entry is the current folder; the slash keeps the result from being looked up again.
    const fs::path candidate = fs::path(folder.empty() ? std::string_view(".") : folder) / name;
    const int reason = whyNotExecutable(candidate);
    if (reason == 0) return candidate;
    if (reason == EACCES && refusal == 0) {
      refused = candidate;
      refusal = reason;
    }
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (refusal != 0) return cannotExecute(refused, refusal);
  return failure(Code::NotFound, name, "command not found in PATH",
                 "give its path, or put options of heaptap before the command");
}

enum class Kind { Elf, Script, Text, Unknown };

struct Beginning {
  Kind kind = Kind::Unknown;
  std::string interpreter;  ///< Of a Script.
};

Beginning classify(std::string_view head) {
  if (head.starts_with("\177ELF")) return {Kind::Elf, {}};
  const std::string_view line = head.substr(0, head.find('\n'));
  if (head.starts_with("#!")) {
    const std::size_t from = line.find_first_not_of(" \t", 2);
    if (from == std::string_view::npos) return {Kind::Unknown, {}};
    const std::size_t to = line.find_first_of(std::string_view(" \t\0", 3), from);
    return {Kind::Script, std::string(line.substr(from, to == std::string_view::npos ? to : to - from))};
  }
  // As shells do: a zero byte in the first line means that it is no text.
  return {line.find('\0') == std::string_view::npos ? Kind::Text : Kind::Unknown, {}};
}

/// Whether the kernel will run the file with privileges that its caller lacks (AT_SECURE), in which case
/// the loader ignores LD_PRELOAD.
const char* raisedPrivileges(int descriptor, const struct stat& status) {
  struct statvfs volume {};
  const bool ignored = (fstatvfs(descriptor, &volume) == 0 && (volume.f_flag & ST_NOSUID) != 0) ||
                       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  if (!ignored && (status.st_mode & S_ISUID) != 0 && status.st_uid != getuid()) return "is a set-uid program";
  if (!ignored && (status.st_mode & S_ISGID) != 0 && (status.st_mode & S_IXGRP) != 0 &&
      status.st_gid != getgid())
    return "is a set-gid program";
  if (getuid() != 0 && fgetxattr(descriptor, "security.capability", nullptr, 0) > 0)
    return "has file capabilities";
  return nullptr;
}

Result<void> checkImage(const programs::ExecutableImage& image, const std::string& where) {
  const auto untraceable = [&where](std::string what, std::string remedy) {
    return failure(Code::CannotTrace, where, std::move(what), std::move(remedy));
  };
  if (image.foreign)
    return failure(Code::CannotExecute, where, "is made for " + image.madeFor + ", not for this machine");
  if (!image.program) return failure(Code::CannotExecute, where, "is an ELF file, but not a program");
  if (!image.loader) {
    if (image.isLoader) return {};
    return untraceable(std::string("cannot be traced: it is static (") +
                           (image.positionIndependent ? "static-pie, " : "") +
                           "no PT_INTERP), so no loader runs that could preload heaptap's library",
                       "link it dynamically");
  }
  if (image.loader->find("ld-musl") != std::string::npos)
    return untraceable(
        "cannot be traced: it uses musl (" + *image.loader + "), heaptap's library needs glibc", "");
  if (!image.sanitizer.empty())
    return untraceable("cannot be traced: it is built with " + image.sanitizer +
                           ", which has a malloc of its own and must be loaded before all others",
                       "build it without");
  if (whyNotExecutable(*image.loader) != 0)
    return failure(Code::CannotExecute, where, "cannot run: its loader " + *image.loader + " is not there");
  return {};
}

/// Checks one ELF program.
Result<void> checkProgram(int descriptor, const fs::path& file, InspectedCommand& command) {
  auto image = programs::readExecutableImage(descriptor, file.string());
  if (!image) return failure(Code::CannotExecute, file.string(), "cannot be executed: " + image.error().what);
  if (auto checked = checkImage(*image, file.string()); !checked) return checked;
  struct stat status {};
  if (fstat(descriptor, &status) != 0)
    return systemFailure(Code::CannotExecute, file.string(), "cannot be read");
  if (const char* why = raisedPrivileges(descriptor, status))
    return failure(
        Code::CannotTrace, file.string(),
        std::string("cannot be traced: it ") + why + ", and the loader ignores LD_PRELOAD for those",
        "run it as the user it belongs to, or profile a copy without the privilege");
  if (image->exportsMalloc && image->mallocReports) return {};
  if (image->exportsMalloc)
    command.warnings.push_back(file.string() + ": defines malloc itself" +
                               (image->linkedAllocator.empty() ? "" : " (" + image->linkedAllocator + ")") +
                               ", in front of heaptap's: what is allocated by it is recorded only where it "
                               "hands the call on; link that allocator dynamically");
  else if (!image->linkedAllocator.empty())
    command.warnings.push_back(file.string() + ": has " + image->linkedAllocator +
                               " linked into it: what is allocated by it is not recorded, only what calls "
                               "malloc; link it dynamically");
  return {};
}

}  // namespace

Result<InspectedCommand> inspectCommand(const std::vector<std::string>& argv) {
  if (argv.empty()) return failure(Code::Usage, "run", "no command given", "try: heaptap run -- COMMAND");
  auto found = findCommand(argv.front());
  if (!found) return tl::unexpected(found.error());
  InspectedCommand command{*found, argv, fs::path(argv.front()).filename().string(), {}};

  fs::path file = *found;
  for (int level = 0; level <= kScriptLevels; ++level) {
    const UniqueFd opened(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!opened) {
      // Executable but not readable: it runs, and no more can be said.
      if (errno == EACCES) {
        command.warnings.push_back(file.string() +
                                   ": cannot be read, so nothing is known about it beforehand");
        return command;
      }
      return systemFailure(Code::CannotExecute, file.string(), "cannot be opened");
    }
    std::string head(kScriptLineBytes, '\0');
    const ssize_t length = pread(opened.get(), head.data(), head.size(), 0);
    if (length < 0) return systemFailure(Code::CannotExecute, file.string(), "cannot be read");
    head.resize(static_cast<std::size_t>(length));
    const Beginning beginning = classify(head);
    switch (beginning.kind) {
      case Kind::Elf:
        if (auto checked = checkProgram(opened.get(), file, command); !checked)
          return tl::unexpected(checked.error());
        return command;
      case Kind::Script: {
        const int reason = whyNotExecutable(beginning.interpreter);
        if (reason != 0)
          return failure(Code::CannotExecute, file.string(),
                         "cannot be executed: its interpreter '" + beginning.interpreter +
                             (reason == ENOENT ? "' is not there" : "' is not executable"));
        file = beginning.interpreter;
        break;
      }
      case Kind::Text:
        // execve refuses it with ENOEXEC; execvp, and every shell, then has it run by the shell.
        if (level > 0)
          return failure(Code::CannotExecute, file.string(),
                         "cannot be executed: it is neither ELF nor a script");
        command.file = "/bin/sh";
        command.argv.front() = found->string();
        command.argv.insert(command.argv.begin(), "/bin/sh");
        file = "/bin/sh";
        break;
      case Kind::Unknown:
        return failure(Code::CannotExecute, file.string(),
                       "cannot be executed: it is neither ELF nor a script");
    }
  }
  return failure(Code::CannotExecute, found->string(), "cannot be executed: too many interpreters in a row");
}

}  // namespace heaptap::cli
