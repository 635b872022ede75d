// fetch of actions: each waits its turn among the operations, then its answer comes from other threads.
#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

#include <cstdlib>
#include <mutex>

namespace hull::backend::runtime {
namespace {

/// What waits in a body that nobody reads is not in JavaScript's heap.
constexpr std::size_t max_open_answers = 1000;
constexpr std::string_view stream_prefix = "fetch-";

/// What the client's threads may touch.
struct answer_slot {
  std::mutex mutex;
  std::optional<outcome<fetch_response>> answer;

  bool filled() {
    const std::lock_guard lock(mutex);
    return answer.has_value();
  }
  void fill(outcome<fetch_response> r) {
    const std::lock_guard lock(mutex);
    if (!answer) answer = std::move(r);
  }
};

failure aborted() { return bad_request("FetchFailed", "The request was aborted."); }

}  // namespace

/// Of the isolate's thread alone.
struct fetch_in_flight {
  double id = 0;
  fetch_request request;
  v8::Global<v8::Promise::Resolver> promise;
  execution::head_maker make_head = nullptr;
  std::function<void()> give_up;
  bool open = false;  ///< The head of the answer is there, the end of its body has not been read.
  std::shared_ptr<answer_slot> slot = std::make_shared<answer_slot>();
};

void execution::start_fetch(double id, fetch_request request, v8::Local<v8::Promise::Resolver> promise,
                            head_maker make_head) {
  const auto f = std::make_shared<fetch_in_flight>();
  f->id = id;
  f->request = std::move(request);
  f->promise.Reset(box_.isolate(), promise);
  f->make_head = make_head;
  fetches_[id] = f;
  operations_.add_operation("fetch", [this, f] { begin_fetch(f); });
}

void execution::begin_fetch(const std::shared_ptr<fetch_in_flight>& f) {
  operations_.add_wait({"fetch", [f] { return f->slot->filled(); },
                        [this, f](v8::Local<v8::Context> context) { settle_fetch(context, f); }});
  if (fetches_.count(f->id) == 0) return f->slot->fill(aborted());
  if (open_answers_ >= max_open_answers)
    return f->slot->fill(bad_request("FetchFailed", "Too many responses are open (maximum " +
                                                        std::to_string(max_open_answers) +
                                                        "): read the bodies of earlier ones, or cancel them."));
  if (box_.outside == nullptr || !box_.outside->fetch)
    return f->slot->fill(bad_request("FetchFailed", "This backend was started without a way to reach other servers."));
  const auto take = [weak = std::weak_ptr(f->slot), waker = box_.wake_up()](outcome<fetch_response> r) {
    if (const auto slot = weak.lock())
      slot->fill(std::move(r));
    else if (r)
      r->body->cancel();  // nobody waits any more
    waker->wake();
  };
  f->give_up = box_.outside->fetch->start(std::move(f->request), take);
}

void execution::settle_fetch(v8::Local<v8::Context> context, const std::shared_ptr<fetch_in_flight>& f) {
  --in_flight_;
  const v8::Local<v8::Promise::Resolver> promise = f->promise.Get(box_.isolate());
  f->promise.Reset();
  const outcome<fetch_response> answer = *std::exchange(f->slot->answer, std::nullopt);
  if (!answer) {
    fetches_.erase(f->id);
    promise->Reject(context, error_object(context, answer.error())).FromMaybe(false);
    return;
  }
  if (fetches_.count(f->id) == 0) {  // aborted when the answer was there already
    answer->body->cancel();
    promise->Reject(context, error_object(context, aborted())).FromMaybe(false);
    return;
  }
  f->open = true;
  ++open_answers_;
  const std::string stream_id = std::string(stream_prefix) + std::to_string(static_cast<std::uint64_t>(f->id));
  streams_.add_incoming(stream_id, answer->body);
  wake_when_readable(*answer->body);
  promise->Resolve(context, f->make_head(context, *answer, stream_id)).FromMaybe(false);
}

void execution::abort_fetch(double id) {
  const auto at = fetches_.find(id);
  if (at == fetches_.end()) return;
  const auto f = at->second;
  forget_fetch(at);
  if (f->give_up) f->give_up();
  if (f->give_up) f->slot->fill(aborted());  // otherwise its turn will come, and find that it was aborted
}

void execution::forget_fetch(std::map<double, std::shared_ptr<fetch_in_flight>>::iterator at) {
  if (at->second->open) --open_answers_;
  fetches_.erase(at);
}

void execution::done_reading(const std::string& stream_id) {
  if (!stream_id.starts_with(stream_prefix)) return;
  streams_.forget_incoming(stream_id);
  const auto at = fetches_.find(std::strtod(stream_id.c_str() + stream_prefix.size(), nullptr));
  if (at != fetches_.end()) forget_fetch(at);
}

/// At the end of a run: what other threads still do for it is given up, or waited for when it uses its host.
void execution::finish_operations() {
  for (const auto& [id, f] : fetches_)
    if (f->give_up) f->give_up();
  fetches_.clear();
  while (*on_threads_ > 0) box_.wake_up()->wait(std::nullopt);
}

}  // namespace hull::backend::runtime
