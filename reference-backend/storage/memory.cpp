// Every index a sorted map from key to the versions it led to, oldest first.
#include "storage/memory.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

namespace hull::backend::storage {
namespace {

struct version {
  timestamp ts = 0;
  std::optional<value> document;
};
using versions = std::vector<version>;
using index_map = std::map<std::string, versions, std::less<>>;

/// What a snapshot at `at` sees; null when that is nothing.
const version* visible(const versions& all, timestamp at) {
  const auto above =
      std::upper_bound(all.begin(), all.end(), at, [](timestamp t, const version& v) { return t < v.ts; });
  if (above == all.begin()) return nullptr;
  const version& newest = *std::prev(above);
  return newest.document ? &newest : nullptr;
}

/// Keeps the order by time; a version of the same time stays what it was.
void insert_version(versions& all, version added) {
  const auto at =
      std::lower_bound(all.begin(), all.end(), added.ts, [](const version& v, timestamp t) { return v.ts < t; });
  if (at != all.end() && at->ts == added.ts) return;
  all.insert(at, std::move(added));
}

class memory final : public persistence {
 public:
  outcome<void> write(std::span<const commit_record> records) override {
    const std::unique_lock lock(mutex_);
    for (const commit_record& record : records) {
      for (const document_change& change : record.documents) {
        for (const index_change& entry : change.entries)
          insert_version(indexes_[entry.index][entry.key],
                         {record.ts, entry.live ? change.document : std::optional<value>()});
      }
      max_ts_ = std::max(max_ts_, record.ts);
    }
    return {};
  }

  outcome<std::vector<index_row>> scan(const scan_request& request) override {
    const std::shared_lock lock(mutex_);
    std::vector<index_row> out;
    const auto found = indexes_.find(request.index);
    if (found == indexes_.end() || (request.end && *request.end <= request.start)) return out;
    const index_map& index = found->second;
    const auto first = index.lower_bound(request.start);
    const auto last = request.end ? index.lower_bound(*request.end) : index.end();
    const auto take = [&](const index_map::value_type& row) {
      if (const version* v = visible(row.second, request.at)) out.push_back({row.first, v->ts, *v->document});
    };
    if (request.descending) {
      for (auto it = last; it != first && out.size() < request.limit;) take(*--it);
    } else {
      for (auto it = first; it != last && out.size() < request.limit; ++it) take(*it);
    }
    return out;
  }

  outcome<std::uint64_t> count(index_number index, timestamp at) override {
    const std::shared_lock lock(mutex_);
    const auto found = indexes_.find(index);
    if (found == indexes_.end()) return std::uint64_t{0};
    return static_cast<std::uint64_t>(std::count_if(found->second.begin(), found->second.end(),
                                                    [at](const auto& row) { return visible(row.second, at); }));
  }

  outcome<void> fill_index(index_number source, index_number target, timestamp at,
                           const std::function<std::string(const value&)>& key_of) override {
    const auto rows = scan({source, {}, std::nullopt, false, at, SIZE_MAX});
    if (!rows) return rows.error();
    const std::unique_lock lock(mutex_);
    for (const index_row& row : *rows) insert_version(indexes_[target][key_of(row.document)], {row.ts, row.document});
    return {};
  }

  outcome<std::size_t> prune(timestamp before, std::size_t budget) override {
    const std::unique_lock lock(mutex_);
    std::size_t gone = 0;
    for (auto& [number, index] : indexes_) {
      for (auto row = index.begin(); row != index.end() && gone < budget;) {
        versions& all = row->second;
        // The newest version that a snapshot at `before` sees is needed, unless it says that there is nothing.
        auto keep =
            std::upper_bound(all.begin(), all.end(), before, [](timestamp t, const version& v) { return t < v.ts; });
        if (keep != all.begin() && std::prev(keep)->document) --keep;
        gone += static_cast<std::size_t>(keep - all.begin());
        all.erase(all.begin(), keep);
        row = all.empty() ? index.erase(row) : std::next(row);
      }
    }
    return gone;
  }

  outcome<std::vector<index_number>> indexes() override {
    const std::shared_lock lock(mutex_);
    std::vector<index_number> numbers;
    for (const auto& [number, index] : indexes_)
      if (!index.empty()) numbers.push_back(number);
    return numbers;
  }

  outcome<std::size_t> drop_index(index_number index, std::size_t budget) override {
    const std::unique_lock lock(mutex_);
    const auto found = indexes_.find(index);
    if (found == indexes_.end()) return std::size_t{0};
    const std::size_t gone = std::min(budget, found->second.size());
    found->second.erase(found->second.begin(), std::next(found->second.begin(), static_cast<std::ptrdiff_t>(gone)));
    if (found->second.empty()) indexes_.erase(found);
    return gone;
  }

  outcome<std::optional<std::string>> global(const std::string& name) override {
    const std::shared_lock lock(mutex_);
    const auto found = globals_.find(name);
    return found == globals_.end() ? std::nullopt : std::optional(found->second);
  }

  outcome<void> set_global(const std::string& name, const std::string& text) override {
    const std::unique_lock lock(mutex_);
    globals_[name] = text;
    return {};
  }

  outcome<timestamp> max_ts() override {
    const std::shared_lock lock(mutex_);
    return max_ts_;
  }

 private:
  std::shared_mutex mutex_;
  std::map<index_number, index_map> indexes_;
  std::map<std::string, std::string> globals_;
  timestamp max_ts_ = 0;
};

}  // namespace

std::unique_ptr<persistence> open_memory() { return std::make_unique<memory>(); }

}  // namespace hull::backend::storage
