// Makes docs/reference/conformance.md anew.
#include "conformance.hpp"

#include <cstdio>
#include <exception>
#include <fstream>

int main() {
  using namespace hull::lint;
  try {
    const std::string text = conformance_document_of(repository);
    std::ofstream out(repository / conformance_document_file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (out) return 0;
    std::fprintf(stderr, "cannot write %s\n", std::string(conformance_document_file).c_str());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  return 1;
}
