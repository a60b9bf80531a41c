# SPDX-License-Identifier: Apache-2.0
# Everything comes from the distribution's packages; `./dev` installs them.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(tl-expected CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(elfutils REQUIRED IMPORTED_TARGET libdw libelf)
pkg_check_modules(ncursesw REQUIRED ncursesw)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
