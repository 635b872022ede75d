// A string that is always the same: the tag by which the structs of a union are told apart.
#pragma once

#include <cstddef>
#include <string_view>

namespace hull {

namespace detail {
template <std::size_t N>
struct fixed_text {
  char text[N];
  consteval fixed_text(const char (&t)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = t[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};
}  // namespace detail

/// What Convex calls v.literal("text"). Reading accepts just this text, so a std::variant finds its struct by it:
///
///   struct text_note  { hull::literal<"text"> kind;  std::string body; };
///   struct image_note { hull::literal<"image"> kind; std::string url; };
///   using note = std::variant<text_note, image_note>;
template <detail::fixed_text Text>
struct literal {
  static constexpr std::string_view text = Text.view();
  friend constexpr bool operator==(literal, literal) noexcept { return true; }
};

}  // namespace hull
