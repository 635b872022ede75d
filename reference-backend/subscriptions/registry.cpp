// Bodies of registry.hpp. One mutex guards everything; callbacks run without it.
#include "subscriptions/registry.hpp"

#include "subscriptions/interval_map.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace hull::backend::subscriptions {

/// Everybody who watches the result of one run shares its reads, so that a commit looks at them, and forgets them,
/// once.
struct token::group {
  std::uint64_t id = 0;
  std::shared_ptr<const database::read_set> reads;
  std::vector<std::shared_ptr<entry>> members;
};

struct token::entry {
  std::shared_ptr<const database::read_set> reads;
  std::size_t place = 0;  ///< Among the members of its group; only while it is one.
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
  std::unordered_map<const database::read_set*, group> groups;
  std::unordered_map<std::uint64_t, group*> by_id;
  std::size_t entries = 0;
  std::uint64_t next_id = 1;
  std::atomic<database::timestamp> processed{0};  ///< Written under the mutex, after what it hit was marked.
  std::function<void()> stop_listening;

  void insert(const entry_ptr& e) {
    const auto [position, fresh] = groups.try_emplace(e->reads.get());
    group& g = position->second;
    if (fresh) {
      g.id = next_id++;
      g.reads = e->reads;
      by_id.emplace(g.id, &g);
      for (const auto& [index, intervals] : g.reads->by_index())
        for (const auto& [start, end] : intervals.ends_by_start()) by_index[index].add({start, end}, g.id);
    }
    e->place = g.members.size();
    g.members.push_back(e);
    ++entries;
  }

  /// Nothing happens when it is not there any more.
  void erase(const entry_ptr& e) {
    const auto position = groups.find(e->reads.get());
    if (position == groups.end()) return;
    group& g = position->second;
    if (e->place >= g.members.size() || g.members[e->place] != e) return;
    g.members.back()->place = e->place;
    g.members[e->place] = std::move(g.members.back());
    g.members.pop_back();
    --entries;
    if (g.members.empty()) forget(position);
  }

  void forget(std::unordered_map<const database::read_set*, group>::iterator position) {
    const group& g = position->second;
    for (const auto& [index, intervals] : g.reads->by_index()) {
      const auto found = by_index.find(index);
      if (found == by_index.end()) continue;
      for (const auto& [start, end] : intervals.ends_by_start()) found->second.remove(start, g.id);
      if (found->second.empty()) by_index.erase(found);
    }
    by_id.erase(g.id);
    groups.erase(position);
  }

  void match_key(database::index_number index, const std::string& key, database::timestamp ts,
                 std::vector<firing>& out) {
    const auto found = by_index.find(index);
    if (found == by_index.end()) return;
    found->second.find(key, [&](std::uint64_t id) {
      for (const entry_ptr& e : by_id.at(id)->members)
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
  // Commits up to `processed` will not be matched again: look at them now.
  if (valid_at < shared_->processed && !db_->unchanged(*e->reads, valid_at, shared_->processed)) {
    e->hit = true;
    db_->post([e, ts = shared_->processed.load()] { token::shared::fire({e, ts}); });
  } else {
    shared_->insert(e);
  }
  return token(shared_, std::move(e));
}

database::timestamp registry::processed_ts() const { return shared_->processed; }

std::size_t registry::size() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->entries;
}

}  // namespace hull::backend::subscriptions
