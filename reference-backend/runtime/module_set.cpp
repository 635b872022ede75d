// The set of modules of one push and its caches; shared by all isolates, hence the lock.
#include "runtime/module_set.hpp"

namespace hull::backend::runtime {

std::string list_of(const std::vector<npm_package>& packages) {
  std::string text;
  for (const npm_package& p : packages) text += (text.empty() ? "" : ", ") + p.name + '@' + p.version;
  return text;
}

module_set::module_set(std::map<std::string, module_source, std::less<>> modules, std::vector<npm_package> packages)
    : modules_(std::move(modules)), packages_(std::move(packages)), cache_(std::make_unique<cache>()) {}

module_set::~module_set() = default;

const module_source* module_set::find(std::string_view path) const {
  const auto at = modules_.find(path);
  return at == modules_.end() ? nullptr : &at->second;
}

module_set::cache::code module_set::cache::find_code(std::string_view path) {
  const std::lock_guard lock(mutex);
  const auto at = codes.find(path);
  return at == codes.end() ? nullptr : at->second;
}

void module_set::cache::keep_code(const std::string& path, std::vector<std::uint8_t> data) {
  auto kept = std::make_shared<const std::vector<std::uint8_t>>(std::move(data));
  const std::lock_guard lock(mutex);
  codes.insert_or_assign(path, std::move(kept));
}

void module_set::cache::forget_code(std::string_view path) {
  const std::lock_guard lock(mutex);
  if (const auto at = codes.find(path); at != codes.end()) codes.erase(at);
}

bool module_set::cache::may_prepare(std::string_view path) {
  const std::lock_guard lock(mutex);
  return unprepared.find(path) == unprepared.end();
}

void module_set::cache::never_prepare(const std::string& path) {
  const std::lock_guard lock(mutex);
  unprepared.insert(path);
}

std::shared_ptr<const source_map> source_map_of(const module_set& modules, std::string_view path) {
  module_set::cache& cache = modules.compiled();
  {
    const std::lock_guard lock(cache.mutex);
    if (const auto at = cache.maps.find(path); at != cache.maps.end()) return at->second;
  }
  std::shared_ptr<const source_map> map;
  if (const module_source* m = modules.find(path); m != nullptr && m->source_map) {
    if (auto read = source_map::parse(*m->source_map)) map = std::make_shared<const source_map>(std::move(*read));
  }
  const std::lock_guard lock(cache.mutex);
  return cache.maps.emplace(path, std::move(map)).first->second;
}

std::string_view module_path_of(std::string_view url) {
  constexpr std::string_view start = "convex:/";
  return url.substr(0, start.size()) == start ? url.substr(start.size()) : std::string_view();
}

}  // namespace hull::backend::runtime
