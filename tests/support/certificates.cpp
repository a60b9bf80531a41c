// SPDX-License-Identifier: Apache-2.0
#include "tests/support/certificates.h"

#include <stdexcept>
#include <vector>

#include "tests/support/child_process.h"

namespace heaptap::test {
namespace {

void openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  const Outcome made = runProcess({.argv = std::move(arguments)});
  if (made.status != 0) throw std::runtime_error("openssl: " + made.err);
}

}  // namespace

Certificates::Certificates() {
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
           m_folder / "ca.key", "-out", ca(), "-days", "2", "-subj", "/CN=heaptap test"});
}

Certificates::Pair Certificates::make(const std::string& name, const std::string& names, int days) const {
  const std::string request = m_folder / (name + ".csr");
  Pair pair{.certificate = m_folder / (name + ".pem"), .key = m_folder / (name + ".key")};
  openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", pair.key,
           "-out", request, "-subj", "/CN=" + name});
  const std::string extensions = write(name + ".ext", "subjectAltName=" + names + "\n");
  openssl({"x509", "-req", "-in", request, "-CA", ca(), "-CAkey", m_folder / "ca.key", "-days",
           std::to_string(days), "-extfile", extensions, "-out", pair.certificate});
  return pair;
}

}  // namespace heaptap::test
