// Whether a run has left anything behind in its context.
//
// A run must see its modules as if they had just been evaluated. Making a new context for each costs a millisecond
// and more; keeping one is a hundred times quicker, but only right if the last run changed nothing that the next could
// see: no global, no built-in object, no variable of a module, nothing that they hold. The witness is a copy of all
// words of all these objects, taken when the modules have been loaded; the context may be used again as long as memory
// still says the same.
#pragma once

#include "runtime/v8.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace hull::backend::runtime {

class realm_witness {
 public:
  /// Lets V8 rearrange what it would rearrange at first use, so that it does not look like a change later. Runs no code
  /// of the user's; to be done before `record`.
  static void settle(v8::Local<v8::Context> context, v8::Local<v8::Module> module);

  /// Of the context as it is now, with a module loaded in it. All of it must lie in the old generation
  /// (isolate->LowMemoryNotification()), where objects stay where they are until the next full collection.
  static realm_witness record(v8::Local<v8::Context> context, v8::Local<v8::Module> module);

  /// Whether everything is as it was. Means nothing once V8 has collected the old generation: the owner counts that.
  bool holds() const;

  /// False when there is something in the context that cannot be watched; `holds` is then false, too.
  bool can_tell() const noexcept { return unknown_type_ == 0; }
  int unknown_type() const noexcept { return unknown_type_; }
  std::size_t objects() const noexcept { return objects_; }

 private:
  /// Words that lie one behind the other, and what they held. Comparing takes no decision for each, which the processor
  /// would guess wrong: there are thousands, of many lengths.
  template <std::size_t N>
  struct block {
    const std::uintptr_t* at;
    std::uintptr_t held[N];
  };
  /// Less than a word, of a buffer.
  struct tail {
    const void* at;
    std::size_t bytes;
    std::uintptr_t held;
  };
  /// The property `prototype` of a function; its field holds it or, later, the map of the objects it will make.
  struct function_prototype {
    const std::uintptr_t* at;
    std::uintptr_t held;
    std::uintptr_t prototype;
  };
  friend class witness_walk;

  template <std::size_t N>
  static bool hold(const std::vector<block<N>>& blocks);
  void keep(const void* at, std::size_t bytes);

  /// Each in the order of the addresses: comparing goes through memory from one end to the other.
  std::vector<block<4>> fours_;
  std::vector<block<1>> ones_;
  std::vector<tail> tails_;
  std::vector<function_prototype> prototypes_;
  std::size_t objects_ = 0;
  int unknown_type_ = 0;
};

}  // namespace hull::backend::runtime
