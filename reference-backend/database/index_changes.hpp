// What a schema would change about the indexes that there are.
#pragma once

#include "database/catalog.hpp"
#include "database/schema.hpp"

#include <hull/value/value.hpp>

#include <string>
#include <vector>

namespace hull::backend::database {

struct index_changes {
  struct declared {
    std::string table;
    schema_index index;
  };
  struct existing {
    std::string table;
    index_info index;
  };
  struct switched {
    std::string table;
    index_info index;
    bool staged = false;  ///< True: kept but not readable afterwards. False: enabled.
  };

  // As the push protocol reports them.
  std::vector<declared> added, enabled, disabled;
  std::vector<existing> removed;  ///< Goes when the schema becomes active.

  // What has to be done about it.
  std::vector<declared> to_create;  ///< At once.
  std::vector<existing> stale;      ///< Left by an earlier push that never finished; goes at once.
  std::vector<switched> to_switch;  ///< When the schema becomes active.

  /// {"added_indexes": [...], "removed_indexes": [...], "enabled_indexes": [...], "disabled_indexes": [...]}
  value to_json() const;
};

index_changes compare_indexes(const schema& wanted, const catalog& tables);

}  // namespace hull::backend::database
