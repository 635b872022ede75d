// Roles of a query model: two of its own, then one for each field. Fixed once, because views keep role numbers.
#pragma once

#include "hullqtglobal.h"
#include "hullrows_p.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

class HULL_QT_EXPORT HullRoleMap {
 public:
  enum Own { ModelData = Qt::UserRole, IsOptimistic, FirstField };

  bool isFixed() const { return m_fixed; }
  /// `declared` come first, then every other field of the rows. Later calls change nothing.
  void fix(const QStringList& declared, const std::vector<HullRow>& rows);

  QHash<int, QByteArray> names(const QStringList& declared) const;
  QVariant data(const HullRow& row, int role) const;
  /// Roles under which the two rows differ; empty when they are the same.
  QList<int> changes(const HullRow& before, const HullRow& after) const;

 private:
  std::vector<std::string> m_fields;  // In role order, from FirstField on.
  bool m_fixed = false;
};
