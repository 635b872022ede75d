// Bodies of registry.hpp. One mutex guards everything; callbacks run without it.
#include "subscriptions/registry.hpp"

#include "subscriptions/interval_map.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace hull::backend::subscriptions {

struct token::entry {
  std::uint64_t id = 0;
  std::shared_ptr<const database::read_set> reads;
  database::timestamp valid_at = 0;
  registry::callback invalidated;
  std::atomic<bool> hit{false};
  std::atomic<bool> dropped{false};
};

struct token::shared {
  using entry_ptr = std::shared_ptr<token::entry>;
  struct firing {
    entry_ptr who;
    database::timestamp ts = 0;
  };

  mutable std::mutex mutex;
  std::map<database::index_number, interval_map> by_index;
  std::unordered_map<std::uint64_t, entry_ptr> entries;
  std::uint64_t next_id = 1;
  database::timestamp processed = 0;
  std::function<void()> stop_listening;

  void insert(const entry_ptr& e) {
    entries.emplace(e->id, e);
    for (const auto& [index, intervals] : e->reads->by_index())
      for (const auto& [start, end] : intervals.ends_by_start()) by_index[index].add({start, end}, e->id);
  }

  /// False when it was not there any more.
  bool erase(const entry_ptr& e) {
    if (entries.erase(e->id) == 0) return false;
    for (const auto& [index, intervals] : e->reads->by_index()) {
      const auto found = by_index.find(index);
      if (found == by_index.end()) continue;
      for (const auto& [start, end] : intervals.ends_by_start()) found->second.remove(start, e->id);
      if (found->second.empty()) by_index.erase(found);
    }
    return true;
  }

  void match_key(database::index_number index, const std::string& key, database::timestamp ts,
                 std::vector<firing>& out) {
    const auto found = by_index.find(index);
    if (found == by_index.end()) return;
    found->second.find(key, [&](std::uint64_t id) {
      const entry_ptr& e = entries.at(id);
      // A result that was computed after this commit knows of it.
      if (ts > e->valid_at && !e->hit.exchange(true)) out.push_back({e, ts});
    });
  }

  void process(const database::database& db, database::timestamp up_to) {
    std::vector<firing> hits;
    {
      const std::lock_guard lock(mutex);
      if (up_to <= processed) return;
      db.visit_writes(processed, up_to, [&](const database::log_entry& commit) {
        for (const database::log_write& w : commit.writes) {
          if (w.old_key) match_key(w.index, *w.old_key, commit.ts, hits);
          if (w.new_key && w.new_key != w.old_key) match_key(w.index, *w.new_key, commit.ts, hits);
        }
      });
      for (const firing& f : hits) erase(f.who);
      processed = up_to;
    }
    for (const firing& f : hits) fire(f);
  }

  static void fire(const firing& f) {
    if (!f.who->dropped) f.who->invalidated(f.ts);
  }
};

token::token(std::shared_ptr<shared> owner, std::shared_ptr<entry> e) noexcept
    : owner_(std::move(owner)), entry_(std::move(e)) {}
token::token(token&& other) noexcept : owner_(std::move(other.owner_)), entry_(std::move(other.entry_)) {}
token& token::operator=(token&& other) noexcept {
  if (this != &other) {
    reset();
    owner_ = std::move(other.owner_);
    entry_ = std::move(other.entry_);
  }
  return *this;
}

void token::reset() {
  if (!entry_) return;
  entry_->dropped = true;
  {
    const std::lock_guard lock(owner_->mutex);
    owner_->erase(entry_);
  }
  entry_.reset();
  owner_.reset();
}

bool token::invalidated() const noexcept { return entry_ && entry_->hit; }

registry::registry(database::database& db) : shared_(std::make_shared<token::shared>()) {
  const std::weak_ptr<token::shared> weak = shared_;
  // Listening starts first, so that no commit falls between the two.
  const std::lock_guard lock(shared_->mutex);
  shared_->stop_listening = db.on_commit([weak, &db](database::timestamp ts) {
    if (const auto shared = weak.lock()) shared->process(db, ts);
  });
  shared_->processed = db.latest_ts();
  db_ = &db;
}

registry::~registry() { shared_->stop_listening(); }

token registry::subscribe(std::shared_ptr<const database::read_set> reads, database::timestamp valid_at,
                          callback invalidated) {
  auto e = std::make_shared<token::entry>();
  e->reads = std::move(reads);
  e->valid_at = valid_at;
  e->invalidated = std::move(invalidated);

  const std::lock_guard lock(shared_->mutex);
  e->id = shared_->next_id++;
  // Commits up to `processed` will not be matched again: look at them now.
  if (valid_at < shared_->processed && !db_->unchanged(*e->reads, valid_at, shared_->processed)) {
    e->hit = true;
    db_->post([e, ts = shared_->processed] { token::shared::fire({e, ts}); });
  } else {
    shared_->insert(e);
  }
  return token(shared_, std::move(e));
}

database::timestamp registry::processed_ts() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->processed;
}

std::size_t registry::size() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->entries.size();
}

}  // namespace hull::backend::subscriptions
