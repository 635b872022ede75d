// Bodies of router.hpp.
#include "http/router.hpp"

namespace hull::backend::http {
namespace {

bool fits(const std::string& pattern, std::string_view path) {
  if (!pattern.ends_with("/*")) return pattern == path;
  return path.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
}

}  // namespace

const route* router::find(std::string_view method, std::string_view path) const {
  if (method == "HEAD") method = "GET";
  bool known = false;
  for (const route& r : routes_) {
    if (!fits(r.path, path)) continue;
    if (r.method == method || r.method == "*") return &r;
    known = true;
  }
  return known ? &wrong_method_ : &otherwise_;
}

}  // namespace hull::backend::http
