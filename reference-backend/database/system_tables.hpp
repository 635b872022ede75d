// The backend's own tables: ordinary tables whose names start with '_', with known numbers and indexes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hull::backend::database {

struct index_declaration {
  std::string name;
  std::vector<std::string> fields;  ///< Whole: name `_creationTime` where it is wanted.
};

struct table_declaration {
  std::string name;
  std::uint32_t number = 0;  ///< 0: any free one.
  std::vector<index_declaration> indexes;
  bool by_creation_time = true;
};

/// Every store has these. `_tables` and `_index` come first.
std::span<const table_declaration> system_tables();

}  // namespace hull::backend::database
