// What data is: the eight kinds of Convex values, immutable and cheap to copy.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hull {

/// The kinds, in the order in which values of different kinds sort.
enum class kind : std::uint8_t { null, int64, float64, boolean, string, bytes, array, object };

/// The name of a kind as Convex documentation writes it: "Null", "Int64", "Float64", ...
std::string_view to_string(kind k) noexcept;

class value;
using bytes = std::vector<std::uint8_t>;
using array = std::vector<value>;

/// Fields of an object, sorted by name (byte order), each name once.
/// Built once and then only read; `set` and `erase` serve the building of a new object.
class object {
 public:
  using field = std::pair<std::string, value>;  ///< Name and value.
  using const_iterator = std::vector<field>::const_iterator;  ///< Random access; any change of the object ends it.

  object() = default;
  /// Later entries win over earlier ones of the same name.
  object(std::initializer_list<field> fields);
  /// Takes fields in any order; of equal names the last one stays.
  explicit object(std::vector<field> fields);

  const value* find(std::string_view name) const noexcept;  ///< Null when absent.
  /// True when there is a field of this name, also when it is Null.
  bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Adds the field, or takes the place of the one of this name. Linear in the number of fields.
  void set(std::string name, value v);
  /// False when there is no such field.
  bool erase(std::string_view name);

  ///@{
  /// The fields in the order of their names (bytes).
  std::size_t size() const noexcept;
  bool empty() const noexcept;
  const_iterator begin() const noexcept;
  const_iterator end() const noexcept;
  ///@}

 private:
  void normalise();
  std::vector<field> fields_;
};

namespace detail {
struct payload_base {
  std::atomic<std::uint32_t> references{0};
  kind what;
  explicit payload_base(kind k) noexcept : what(k) {}
};
void intrusive_ptr_add_ref(const payload_base* p) noexcept;
void intrusive_ptr_release(const payload_base* p) noexcept;
}  // namespace detail

/// One Convex value. Copying shares the payload; equal copies may be read from any thread.
///
/// C++ integers of up to 32 bits and floating-point numbers become Float64, which is what JavaScript's
/// `number` is. A 64-bit integer has to say what it means: `value::int64(x)` for Int64 (JavaScript's
/// bigint), or a cast to double.
class value {
 public:
  value() noexcept : kind_(kind::null) { scalar_.integer = 0; }
  ///@{
  /// A Null, Boolean or Float64.
  value(std::nullptr_t) noexcept : value() {}
  value(bool b) noexcept : kind_(kind::boolean) { scalar_.boolean = b; }
  value(double d) noexcept : kind_(kind::float64) { scalar_.number = d; }
  ///@}
  /// A Float64 of a C++ integer that it holds exactly.
  template <class Integer>
    requires(std::is_integral_v<Integer> && sizeof(Integer) <= 4 && !std::is_same_v<Integer, bool> &&
             !std::is_same_v<Integer, char>)
  value(Integer i) noexcept : value(static_cast<double>(i)) {}
  template <class Integer>
    requires(std::is_integral_v<Integer> && sizeof(Integer) > 4)
  value(Integer) = delete;  // say value::int64(x) or static_cast<double>(x)
  template <class T>
    requires(!std::is_same_v<std::remove_cv_t<T>, char>)
  value(T*) = delete;  // a pointer is no Boolean
  ///@{
  /// A String, which must be valid UTF-8 to be sent; Bytes, an Array, or an Object.
  value(const char* text) : value(std::string(text)) {}
  value(std::string_view text) : value(std::string(text)) {}
  value(std::string text);
  value(hull::bytes data);
  value(hull::array items);
  value(hull::object fields);
  ///@}

  /// An Int64: v.int64(), JavaScript's bigint.
  static value int64(std::int64_t i) noexcept {
    value v;
    v.kind_ = kind::int64;
    v.scalar_.integer = i;
    return v;
  }
  /// `value::make_object({{"a", 1}, {"b", "text"}})`
  static value make_object(std::initializer_list<hull::object::field> fields) { return value(hull::object(fields)); }
  /// `value::make_array({1, "text", nullptr})`
  static value make_array(std::initializer_list<value> items) { return value(hull::array(items)); }

  ///@{
  /// Shares the payload: O(1), whatever the size. A value that was moved from is Null.
  value(const value& other) noexcept;
  value(value&& other) noexcept;
  value& operator=(const value& other) noexcept;
  value& operator=(value&& other) noexcept;
  ///@}
  ~value();

  ///@{
  /// Which kind of value this is.
  hull::kind kind() const noexcept { return kind_; }
  bool is_null() const noexcept { return kind_ == kind::null; }
  bool is_object() const noexcept { return kind_ == kind::object; }
  bool is_array() const noexcept { return kind_ == kind::array; }
  bool is_string() const noexcept { return kind_ == kind::string; }
  ///@}

  ///@{
  /// Unchecked access: the kind must match (asserted in debug builds). References live as long as the payload.
  bool as_bool() const noexcept;
  std::int64_t as_int64() const noexcept;
  double as_double() const noexcept;
  const std::string& as_string() const noexcept;
  const hull::bytes& as_bytes() const noexcept;
  const hull::array& as_array() const noexcept;
  const hull::object& as_object() const noexcept;
  ///@}

  ///@{
  /// Checked access: null pointer when the kind differs. Else it points into this value.
  const bool* if_bool() const noexcept { return kind_ == kind::boolean ? &scalar_.boolean : nullptr; }
  const std::int64_t* if_int64() const noexcept { return kind_ == kind::int64 ? &scalar_.integer : nullptr; }
  const double* if_double() const noexcept { return kind_ == kind::float64 ? &scalar_.number : nullptr; }
  const std::string* if_string() const noexcept;
  const hull::bytes* if_bytes() const noexcept;
  const hull::array* if_array() const noexcept;
  const hull::object* if_object() const noexcept;
  ///@}

  /// Field of an object; null pointer when this is no object or has no such field.
  const value* find(std::string_view name) const noexcept;

  /// True when both share one payload or are equal scalars bit for bit: O(1), never a deep comparison.
  bool same_as(const value& other) const noexcept;

  /// Equality of Convex values: Int64 1 and Float64 1 differ, -0 and +0 differ, NaN equals the same NaN.
  friend bool operator==(const value& a, const value& b) noexcept;

 private:
  union scalar {
    bool boolean;
    std::int64_t integer;
    double number;
    const detail::payload_base* payload;
  };
  bool has_payload() const noexcept { return kind_ >= kind::string; }

  scalar scalar_;
  hull::kind kind_;
};

}  // namespace hull

#include <hull/value/value.ipp>
