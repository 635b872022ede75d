// Positions of a bundled module traced back to the files it was bundled from (source map, version 3).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hull::backend::runtime {

class source_map {
 public:
  struct position {
    std::string source;
    std::uint32_t line = 0;    ///< From 0.
    std::uint32_t column = 0;  ///< From 0.
  };

  /// Nothing when the text is no source map that we can read.
  static std::optional<source_map> parse(std::string_view text);

  /// Where a position of the bundle (from 0) came from: the closest mapping at or before it on its line.
  std::optional<position> find(std::uint32_t line, std::uint32_t column) const;

 private:
  struct segment {
    std::uint32_t line;
    std::uint32_t column;
    std::int32_t source;  ///< -1: generated code without a source.
    std::uint32_t source_line;
    std::uint32_t source_column;
  };
  bool decode(std::string_view mappings);

  std::vector<std::string> sources_;
  std::vector<segment> segments_;  ///< Sorted by line, then column.
};

}  // namespace hull::backend::runtime
