// The walk over everything that a run could have changed.
#include "runtime/realm_witness.hpp"

#include "runtime/heap_view.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <unordered_set>

namespace hull::backend::runtime {

using namespace heap_view;

namespace {

/// More than this in one buffer is not worth comparing after each run.
constexpr std::size_t max_buffer = 256 * 1024;

struct span {
  const void* at;
  std::size_t bytes;
};

word prototype_in(const word* at) {
  const word w = *at;
  return is_object(w) && is_map(type_of(w)) ? prototype_of_map(w) : w;
}

/// Looking for a property there would run the user's code.
bool has_proxy(word object) {
  for (; is_object(object) && is_receiver(type_of(object)); object = prototype_of_map(map_of(object)))
    if (type_of(object) == v8dbg_type_JSProxy__JS_PROXY_TYPE) return true;
  return false;
}

}  // namespace

class witness_walk {
 public:
  explicit witness_walk(realm_witness& to) : to_(to) {}
  const std::unordered_set<word>& prototypes() const { return prototypes_; }
  const std::vector<word>& makers() const { return makers_; }

  void from(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
    from_context(address_of(context));
    meet(address_of(context->Global()->GetPrototype()));
    meet(address_of(module));
    walk();
  }
  /// Keeps what has been noted, as it is now.
  void copy() {
    std::sort(spans_.begin(), spans_.end(), [](const span& a, const span& b) { return std::less<>()(a.at, b.at); });
    for (const span& s : spans_) to_.keep(s.at, s.bytes);
  }

 private:
  void from_context(word native_context) {
    seen_.insert(native_context);
    // V8 keeps its own notes in the context; the objects are the ones that syntax makes reachable (prototypes of
    // iterators and the like), as maps or as they are.
    for (std::size_t i = 0; i < array_length(native_context); ++i) {
      const word w = field(native_context, v8dbg_class_FixedArray__data__uintptr_t)[i];
      if (!is_object(w)) continue;
      if (is_map(type_of(w)) || is_receiver(type_of(w))) meet(w);
    }
  }
  void meet(word w) {
    if (is_object(w) && seen_.insert(w).second) waiting_.push_back(w);
  }
  void walk() {
    while (!waiting_.empty()) {
      const word w = waiting_.back();
      waiting_.pop_back();
      visit(w);
    }
  }
  void visit(word object) {
    const word map = map_of(object);
    const int type = type_of_map(map);
    if (is_string(type)) return;
    if (is_receiver(type)) return visit_receiver(object, map, type);
    if (is_map(type)) return visit_map(object);
    if (is_array(type) || is_context(type)) {
      note(object, 2 + array_length(object));
      return meet_fields(object, 2, array_length(object));
    }
    if (type == v8dbg_type_PropertyArray__PROPERTY_ARRAY_TYPE) {
      note(object, 2 + property_array_length(object));
      return meet_fields(object, 2, property_array_length(object));
    }
    if (type == v8dbg_type_Cell__CELL_TYPE) return whole(object, 2);
    if (type == v8dbg_type_AccessorPair__ACCESSOR_PAIR_TYPE) return whole(object, 3);
    if (type == v8dbg_type_PropertyCell__PROPERTY_CELL_TYPE)
      return whole(object, 4);  // not the code that depends on it
    if (type == v8dbg_type_HeapNumber__HEAP_NUMBER_TYPE) return note(object, 2);
    if (type == v8dbg_type_ByteArray__BYTE_ARRAY_TYPE) return note(object, 2 + (array_length(object) + 7) / 8);
    if (type == v8dbg_type_FixedDoubleArray__FIXED_DOUBLE_ARRAY_TYPE) return note(object, 2 + array_length(object));
    if (type == v8dbg_type_SourceTextModule__SOURCE_TEXT_MODULE_TYPE) return whole(object, instance_words(map));
    // All others are V8's own: code, descriptions, statistics. JavaScript cannot change them.
  }

  void visit_receiver(word object, word map, int type) {
    ++to_.objects_;
    meet(map);
    const std::size_t size = instance_words(map);
    if (is_function(object, type)) return visit_function(object, size);
    if (type == v8dbg_type_JSRegExp__JS_REG_EXP_TYPE) return visit_regexp(object, size);
    if (size == 0 || may_hold_raw_pointers(type)) return unknown(type);
    if (type == v8dbg_type_JSArrayBuffer__JS_ARRAY_BUFFER_TYPE) return visit_buffer(object, size, type);
    if (type == v8dbg_type_JSTypedArray__JS_TYPED_ARRAY_TYPE || type == v8dbg_type_JSDataView__JS_DATA_VIEW_TYPE)
      return visit_view(object, size);
    whole(object, size);
  }
  /// V8 counts calls of a function and compiles it, in the two fields after its context; what it was made of, program
  /// and context, stays.
  void visit_function(word object, std::size_t size) {
    note(object, 4);
    meet_fields(object, 1, 4);
    const std::size_t at = v8dbg_class_JSFunction__prototype_or_initial_map__HeapObject / sizeof(word);
    if (size <= at) return;
    const word* const slot = field(object, v8dbg_class_JSFunction__prototype_or_initial_map__HeapObject);
    to_.prototypes_.push_back({slot, *slot, prototype_in(slot)});
    meet(*slot);
    prototypes_.insert(prototype_in(slot));
    makers_.push_back(object);
    note_at(slot + 1, size - at - 1);
    meet_fields(object, at + 1, size - at - 1);
  }
  void visit_buffer(word object, std::size_t size, int type) {
    note(object, size);
    meet_fields(object, 1, 2);
    const std::size_t bytes = *field(object, v8dbg_class_JSArrayBuffer__byte_length__size_t);
    if (bytes > max_buffer) return unknown(type);
    note_bytes(reinterpret_cast<const void*>(*field(object, v8dbg_class_JSArrayBuffer__backing_store__uintptr_t)),
               bytes);
  }
  /// Behind properties, elements and buffer lie numbers and an address.
  void visit_view(word object, std::size_t size) {
    note(object, size);
    meet_fields(object, 1, 3);
  }
  /// Its program is compiled when it runs.
  void visit_regexp(word object, std::size_t size) {
    whole(object, 3);
    const std::size_t last_index = v8dbg_class_JSRegExp__last_index__Object / sizeof(word);
    note_at(field(object, 0) + last_index, size - last_index);
    meet_fields(object, last_index, size - last_index);
  }
  /// Not the map itself (V8 hangs transitions on it): the prototype, and the accessors among the properties.
  void visit_map(word map) {
    const word prototype = prototype_of_map(map);
    meet(prototype);
    prototypes_.insert(prototype);
    const word descriptors = descriptors_of_map(map);
    if (!is_object(descriptors) ||
        (type_of(descriptors) != v8dbg_type_DescriptorArray__DESCRIPTOR_ARRAY_TYPE &&
         type_of(descriptors) != v8dbg_type_StrongDescriptorArray__STRONG_DESCRIPTOR_ARRAY_TYPE))
      return;
    const std::size_t count = *reinterpret_cast<const std::uint16_t*>(descriptors - tag + sizeof(word));
    constexpr std::size_t header = 3;  // map, counts, enum cache; then key, details and value of each property
    for (std::size_t i = 0; i < count; ++i) {
      const word v = field(descriptors, 0)[header + 3 * i + 2];
      if (!is_object(v)) continue;
      if (type_of(v) == v8dbg_type_AccessorPair__ACCESSOR_PAIR_TYPE || is_receiver(type_of(v))) meet(v);
    }
  }

  void unknown(int type) {
    if (to_.unknown_type_ == 0) to_.unknown_type_ = type;
  }
  void whole(word object, std::size_t size) {
    note(object, size);
    meet_fields(object, 1, size - 1);
  }
  void note(word object, std::size_t size) { note_at(field(object, 0), size); }
  void note_at(const word* at, std::size_t count) { note_bytes(at, count * sizeof(word)); }
  void note_bytes(const void* at, std::size_t bytes) {
    if (bytes == 0) return;
    spans_.push_back({at, bytes});
  }
  void meet_fields(word object, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) meet(field(object, 0)[i]);
  }

  realm_witness& to_;
  std::vector<span> spans_;
  std::unordered_set<word> seen_;
  std::unordered_set<word> prototypes_;  ///< Of some object.
  std::vector<word> makers_;             ///< Functions that have a property `prototype`.
  std::vector<word> waiting_;
};

void realm_witness::settle(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::HandleScope handles(isolate);
  const v8::TryCatch caught(isolate);
  std::vector<v8::Local<v8::Value>> makers;
  std::vector<v8::Local<v8::Value>> prototypes;
  const auto walk_again = [&] {
    realm_witness unused;
    witness_walk walk(unused);
    walk.from(context, module);
    makers.clear();
    prototypes.clear();
    for (const word w : walk.makers()) {
      makers.push_back(handle_of(isolate, w));
      // A class is looked at like a prototype when one of its static methods is called.
      if (!has_proxy(w)) prototypes.push_back(makers.back());
    }
    for (const word w : walk.prototypes())
      if (is_object(w) && is_receiver(type_of(w)) && !has_proxy(w)) prototypes.push_back(handle_of(isolate, w));
  };
  // The prototype of a generator is made when first asked for.
  walk_again();
  const v8::Local<v8::String> name = js_name(isolate, "prototype");
  for (const v8::Local<v8::Value>& f : makers) f.As<v8::Object>()->Get(context, name).IsEmpty();

  // A prototype becomes an object of the quick kind when compiled code first looks for a property behind it.
  walk_again();
  constexpr const char* look_often =
      "const child = { __proto__: object }; for (let i = 0; i < 64; ++i) child[\"\\u0000hull\"];";
  v8::ScriptCompiler::Source source(js_name(isolate, look_often));
  v8::Local<v8::String> parameter = js_name(isolate, "object");
  v8::Local<v8::Function> look;
  if (!v8::ScriptCompiler::CompileFunctionInContext(context, &source, 1, &parameter, 0, nullptr).ToLocal(&look)) return;
  for (v8::Local<v8::Value>& p : prototypes) look->Call(context, context->Global(), 1, &p).IsEmpty();
}

realm_witness realm_witness::record(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  realm_witness made;
  witness_walk walk(made);
  walk.from(context, module);
  walk.copy();
  return made;
}

void realm_witness::keep(const void* from, std::size_t bytes) {
  const word* const at = static_cast<const word*>(from);
  const std::size_t words = bytes / sizeof(word);
  const auto four = [&](const word* w) { fours_.push_back({w, {w[0], w[1], w[2], w[3]}}); };
  std::size_t done = 0;
  for (; words - done >= 4; done += 4) four(at + done);
  // Words that are looked at twice cost less than words that are looked at one by one.
  if (words > 4 && words - done > 1)
    four(at + words - 4);
  else
    for (; done < words; ++done) ones_.push_back({at + done, {at[done]}});
  if (const std::size_t rest = bytes % sizeof(word); rest != 0) {
    tail last{at + words, rest, 0};
    std::memcpy(&last.held, last.at, rest);
    tails_.push_back(last);
  }
}

template <std::size_t N>
bool realm_witness::hold(const std::vector<block<N>>& blocks) {
  word changed = 0;
  for (const block<N>& b : blocks)
    for (std::size_t i = 0; i < N; ++i) changed |= b.at[i] ^ b.held[i];
  return changed == 0;
}

bool realm_witness::holds() const {
  if (!can_tell() || !hold(fours_) || !hold(ones_)) return false;
  for (const tail& t : tails_)
    if (std::memcmp(t.at, &t.held, t.bytes) != 0) return false;
  for (const function_prototype& p : prototypes_)
    if (*p.at != p.held && prototype_in(p.at) != p.prototype) return false;
  return true;
}

}  // namespace hull::backend::runtime
