// Functions of a deployment with the types of their arguments and results.
#pragma once

#include <hull/error.hpp>
#include <hull/function/path.hpp>
#include <hull/value/value.hpp>

#include <cstddef>
#include <string_view>

namespace hull {

enum class function_kind { query, mutation, action };

/// The arguments of a function that takes none.
struct no_args {
  friend bool operator==(no_args, no_args) = default;  ///< All are equal.
};

template <class T>
struct value_codec;
/// An object without fields, and nothing else.
template <>
struct value_codec<no_args> {
  static value to_value(no_args) { return object{}; }  ///< The empty object.
  /// errc::bad_value for all but an object without fields.
  static result<no_args> from_value(const value& v) {
    if (v.is_object() && v.as_object().empty()) return no_args{};
    return error{errc::bad_value, "expected an object without fields", {}, {}};
  }
};

namespace detail {
/// Not constexpr, so that naming it ends a constant evaluation with its name in the compiler's message.
inline void this_text_is_no_function_path_write_it_like_messages_list_with_a_colon() {}
}  // namespace detail

/// Names a function and says what it takes and gives. Make one per function, as a constant:
///
///   constexpr hull::query_ref<list_args, std::vector<message>> list_messages{"messages:list"};
///
/// A path that no deployment accepts is an error of the compiler. Args and Result are types that hull/value/convert.hpp
/// knows; Args must become an object. Result may be void for mutations and actions whose result does not matter.
template <function_kind Kind, class Args, class Result>
class function_ref {
 public:
  using args_type = Args;                      ///< What the function takes.
  using result_type = Result;                  ///< What it returns; void when that does not matter.
  static constexpr function_kind kind = Kind;  ///< Query, mutation or action.

  /// For a path in the program's text; a bad one does not compile.
  consteval explicit function_ref(const char* path) : path_(path) {
    if (detail::find_path_flaw(path_).what != detail::path_flaw::none)
      detail::this_text_is_no_function_path_write_it_like_messages_list_with_a_colon();
  }

  /// For a path that is known when the program runs, and refused then with errc::bad_argument. Keeps a view: the text
  /// must live as long as the reference and its copies.
  static result<function_ref> at(std::string_view path) {
    if (const auto checked = check_path(path); checked.has_error()) return checked.error();
    return function_ref(path, nullptr);
  }

  /// As it was written, "messages:list".
  constexpr std::string_view path() const noexcept { return path_; }

 private:
  constexpr function_ref(std::string_view path, std::nullptr_t) noexcept : path_(path) {}
  std::string_view path_;
};

template <class Args, class Result>
using query_ref = function_ref<function_kind::query, Args, Result>;
template <class Args, class Result>
using mutation_ref = function_ref<function_kind::mutation, Args, Result>;
template <class Args, class Result>
using action_ref = function_ref<function_kind::action, Args, Result>;

}  // namespace hull
