// Roles of a model: two of its own, then one for each field. Fixed once, because views keep role numbers.
#pragma once

#include "hullqtglobal.h"
#include "hullrows_p.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <string>
#include <string_view>
#include <vector>

/// Immutable, so that another thread may compare rows by it.
class HULL_QT_EXPORT HullRoleMap {
 public:
  enum Own { ModelData = Qt::UserRole, IsOptimistic, FirstField };

  HullRoleMap() = default;
  /// `declared` come first, then every other field of the rows.
  explicit HullRoleMap(const std::vector<std::string>& declared, const hull::array& rows = {});

  QHash<int, QByteArray> names() const;
  QVariant data(const HullRow& row, int role) const;
  /// Roles under which the two rows differ; empty when they are the same.
  QList<int> changes(const HullRow& before, const HullRow& after) const;

  /// The field of this name, or what the path "author.name" leads to; null when there is none.
  static const hull::value* find(const hull::value& row, std::string_view path);

 private:
  std::vector<std::string> m_fields;  // In role order, from FirstField on.
};
