// What the runtime hangs on a set of modules: V8's code caches and the source maps that were needed so far.
#pragma once

#include "runtime/runtime.hpp"
#include "runtime/source_map.hpp"

#include <mutex>
#include <set>

namespace hull::backend::runtime {

struct module_set::cache {
  using code = std::shared_ptr<const std::vector<std::uint8_t>>;

  /// Code that V8 compiled before; null when there is none yet.
  code find_code(std::string_view path);
  void keep_code(const std::string& path, std::vector<std::uint8_t> data);
  void forget_code(std::string_view path);  ///< V8 refused it.
  /// Whether contexts with this module may be made ahead (prepared_runs.hpp).
  bool may_prepare(std::string_view path);
  void never_prepare(const std::string& path);

  std::mutex mutex;
  std::map<std::string, code, std::less<>> codes;
  std::map<std::string, std::shared_ptr<const source_map>, std::less<>> maps;
  std::set<std::string, std::less<>> unprepared;
};

/// The source map of a module, read when first asked for; null when it has none.
std::shared_ptr<const source_map> source_map_of(const module_set& modules, std::string_view path);

/// "convex:/messages.js" to "messages.js"; empty for any other address.
std::string_view module_path_of(std::string_view url);

}  // namespace hull::backend::runtime
