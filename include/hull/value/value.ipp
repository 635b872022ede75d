// Bodies of value.hpp.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>

namespace hull {

inline std::string_view to_string(kind k) noexcept {
  constexpr std::string_view names[] = {"Null", "Int64", "Float64", "Boolean", "String", "Bytes", "Array", "Object"};
  return names[static_cast<std::size_t>(k)];
}

namespace detail {

template <class T>
struct payload : payload_base {
  T data;
  payload(kind k, T d) : payload_base(k), data(std::move(d)) {}
};

inline void intrusive_ptr_add_ref(const payload_base* p) noexcept {
  const_cast<payload_base*>(p)->references.fetch_add(1, std::memory_order_relaxed);
}

inline void intrusive_ptr_release(const payload_base* p) noexcept {
  // acq_rel and not a fence: thread sanitisers follow the former only.
  if (const_cast<payload_base*>(p)->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  switch (p->what) {
    case kind::string: delete static_cast<const payload<std::string>*>(p); break;
    case kind::bytes: delete static_cast<const payload<hull::bytes>*>(p); break;
    case kind::array: delete static_cast<const payload<hull::array>*>(p); break;
    case kind::object: delete static_cast<const payload<hull::object>*>(p); break;
    default: assert(false);
  }
}

template <class T>
const payload_base* make_payload(kind k, T data) {
  const payload_base* p = new payload<T>(k, std::move(data));
  intrusive_ptr_add_ref(p);
  return p;
}

}  // namespace detail

inline value::value(std::string text) : kind_(kind::string) {
  scalar_.payload = detail::make_payload(kind::string, std::move(text));
}
inline value::value(hull::bytes data) : kind_(kind::bytes) {
  scalar_.payload = detail::make_payload(kind::bytes, std::move(data));
}
inline value::value(hull::array items) : kind_(kind::array) {
  scalar_.payload = detail::make_payload(kind::array, std::move(items));
}
inline value::value(hull::object fields) : kind_(kind::object) {
  scalar_.payload = detail::make_payload(kind::object, std::move(fields));
}

inline value::value(const value& other) noexcept : scalar_(other.scalar_), kind_(other.kind_) {
  if (has_payload()) detail::intrusive_ptr_add_ref(scalar_.payload);
}
inline value::value(value&& other) noexcept : scalar_(other.scalar_), kind_(other.kind_) {
  other.kind_ = kind::null;
  other.scalar_.integer = 0;
}
inline value& value::operator=(const value& other) noexcept {
  value copy(other);
  return *this = std::move(copy);
}
inline value& value::operator=(value&& other) noexcept {
  std::swap(scalar_, other.scalar_);
  std::swap(kind_, other.kind_);
  return *this;
}
inline value::~value() {
  if (has_payload()) detail::intrusive_ptr_release(scalar_.payload);
}

inline bool value::as_bool() const noexcept {
  assert(kind_ == kind::boolean);
  return scalar_.boolean;
}
inline std::int64_t value::as_int64() const noexcept {
  assert(kind_ == kind::int64);
  return scalar_.integer;
}
inline double value::as_double() const noexcept {
  assert(kind_ == kind::float64);
  return scalar_.number;
}
inline const std::string& value::as_string() const noexcept {
  assert(kind_ == kind::string);
  return static_cast<const detail::payload<std::string>*>(scalar_.payload)->data;
}
inline const hull::bytes& value::as_bytes() const noexcept {
  assert(kind_ == kind::bytes);
  return static_cast<const detail::payload<hull::bytes>*>(scalar_.payload)->data;
}
inline const hull::array& value::as_array() const noexcept {
  assert(kind_ == kind::array);
  return static_cast<const detail::payload<hull::array>*>(scalar_.payload)->data;
}
inline const hull::object& value::as_object() const noexcept {
  assert(kind_ == kind::object);
  return static_cast<const detail::payload<hull::object>*>(scalar_.payload)->data;
}

inline const std::string* value::if_string() const noexcept { return is_string() ? &as_string() : nullptr; }
inline const hull::bytes* value::if_bytes() const noexcept { return kind_ == kind::bytes ? &as_bytes() : nullptr; }
inline const hull::array* value::if_array() const noexcept { return is_array() ? &as_array() : nullptr; }
inline const hull::object* value::if_object() const noexcept { return is_object() ? &as_object() : nullptr; }

inline const value* value::find(std::string_view name) const noexcept {
  return is_object() ? as_object().find(name) : nullptr;
}

inline bool value::same_as(const value& other) const noexcept {
  if (kind_ != other.kind_) return false;
  switch (kind_) {
    case kind::null: return true;
    case kind::boolean: return scalar_.boolean == other.scalar_.boolean;
    case kind::float64:
      return std::bit_cast<std::uint64_t>(scalar_.number) == std::bit_cast<std::uint64_t>(other.scalar_.number);
    case kind::int64: return scalar_.integer == other.scalar_.integer;
    default: return scalar_.payload == other.scalar_.payload;
  }
}

inline bool operator==(const value& a, const value& b) noexcept {
  if (a.same_as(b)) return true;
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case kind::string: return a.as_string() == b.as_string();
    case kind::bytes: return a.as_bytes() == b.as_bytes();
    case kind::array: return a.as_array() == b.as_array();
    case kind::object: {
      const auto& x = a.as_object();
      const auto& y = b.as_object();
      return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin());
    }
    default: return false;
  }
}

inline object::object(std::initializer_list<field> fields) : fields_(fields) { normalise(); }
inline object::object(std::vector<field> fields) : fields_(std::move(fields)) { normalise(); }

inline void object::normalise() {
  const auto by_name = [](const field& a, const field& b) { return a.first < b.first; };
  constexpr std::size_t few = 24;  // Up to here insertion, which needs no memory, is quicker.
  if (fields_.size() <= few) {
    for (std::size_t i = 1; i < fields_.size(); ++i) {
      if (!by_name(fields_[i], fields_[i - 1])) continue;
      field moving = std::move(fields_[i]);
      std::size_t to = i;
      for (; to > 0 && by_name(moving, fields_[to - 1]); --to) fields_[to] = std::move(fields_[to - 1]);
      fields_[to] = std::move(moving);
    }
  } else if (!std::is_sorted(fields_.begin(), fields_.end(), by_name)) {
    std::stable_sort(fields_.begin(), fields_.end(), by_name);
  }
  // Of a run of equal names the last entry is the one that counts.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (i + 1 < fields_.size() && fields_[i].first == fields_[i + 1].first) continue;
    if (kept != i) fields_[kept] = std::move(fields_[i]);
    ++kept;
  }
  fields_.resize(kept);
}

inline const value* object::find(std::string_view name) const noexcept {
  const auto at = std::lower_bound(fields_.begin(), fields_.end(), name,
                                   [](const field& f, std::string_view n) { return f.first < n; });
  return at != fields_.end() && at->first == name ? &at->second : nullptr;
}

inline void object::set(std::string name, value v) {
  const auto at = std::lower_bound(fields_.begin(), fields_.end(), name,
                                   [](const field& f, const std::string& n) { return f.first < n; });
  if (at != fields_.end() && at->first == name)
    at->second = std::move(v);
  else
    fields_.emplace(at, std::move(name), std::move(v));
}

inline bool object::erase(std::string_view name) {
  const auto at = std::lower_bound(fields_.begin(), fields_.end(), name,
                                   [](const field& f, std::string_view n) { return f.first < n; });
  if (at == fields_.end() || at->first != name) return false;
  fields_.erase(at);
  return true;
}

inline std::size_t object::size() const noexcept { return fields_.size(); }
inline bool object::empty() const noexcept { return fields_.empty(); }
inline object::const_iterator object::begin() const noexcept { return fields_.begin(); }
inline object::const_iterator object::end() const noexcept { return fields_.end(); }

}  // namespace hull
