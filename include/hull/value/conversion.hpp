// Where a conversion stands, and what went wrong with it.
#pragma once

#include <hull/error.hpp>
#include <hull/value/json.hpp>
#include <hull/value/limits.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hull::detail {

/// "a number (Float64)", for messages.
std::string describe_kind(const value& v);

class conversion {
 public:
  /// One level further in, for as long as it lives. Keeps a view of the name.
  class step {
   public:
    step(conversion& c, std::string_view field) noexcept : step(c, field, no_index) {}
    step(conversion& c, std::size_t index) noexcept : step(c, {}, index) {}
    step(const step&) = delete;
    step& operator=(const step&) = delete;
    ~step() {
      --conversion_.depth_;
      conversion_.innermost_ = outer_;
    }

   private:
    friend class conversion;
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);
    step(conversion& c, std::string_view field, std::size_t index) noexcept
        : conversion_(c), outer_(c.innermost_), field_(field), index_(index) {
      ++c.depth_;
      c.innermost_ = this;
    }
    conversion& conversion_;
    const step* outer_;
    std::string_view field_;
    std::size_t index_;
  };

  // All of these return false.
  bool fail(std::string_view what);
  bool fail_kind(std::string_view expected, const value& got);
  /// A literal that is not the one of this alternative: says less about a union than any other failure.
  bool fail_tag(std::string_view expected, const value& got);
  /// For whole numbers: `got` is no number, no whole one, or outside of this range.
  bool fail_integer(std::string_view least, std::string_view most, const value& got);

  /// `choices` are the names that would do, quoted and separated.
  bool fail_choice(std::string_view choices, const value& got);
  struct failure {
    std::string text;
    bool is_tag = false;
  };
  /// What each alternative of a union had to say. Those that failed at their tag count only when all did.
  bool fail_union(std::vector<failure>& alternatives);

  /// Call it when a container is entered; false, and a failure, when values cannot nest so deep.
  bool may_nest();

  /// Forgets a failure, to try something else.
  failure take_failure();
  error take_error(errc code);

 private:
  std::string path() const;

  const step* innermost_ = nullptr;
  std::size_t depth_ = 0;
  failure failure_;
};

}  // namespace hull::detail

#include <hull/value/conversion.ipp>
