// The machinery of a HullQueryModel.
#pragma once

#include "hullquerymodel.h"
#include "hullrolemap_p.h"
#include "hullrows_p.h"

#include "hulllivequery_p.h"

#include <vector>

class HULL_QT_EXPORT HullQueryModelPrivate {
 public:
  explicit HullQueryModelPrivate(HullQueryModel* model);
  static HullQueryModelPrivate* get(HullQueryModel* model) { return model->d.get(); }

  HullLiveQuery live;

 private:
  friend class HullQueryModel;

  void onChanged();
  bool update();
  bool updateRows();
  bool show(std::vector<HullRow> next);
  bool restructure(const std::vector<HullRow>& next);
  bool refreshRows(std::vector<HullRow> next);
  bool announce();

  HullQueryModel* const q;
  QVariantMap m_args;
  QString m_keyField = QStringLiteral("_id");
  QStringList m_declared;
  bool m_keepPrevious = false;

  HullRoleMap m_roles;
  std::vector<HullRow> m_rows;
  bool m_loaded = false;
  int m_generation = -1;               // Of the question that the rows answer.
  std::optional<hull::error> m_shape;  // The result is no list.
  bool m_updating = false;
  bool m_again = false;

  // As announced.
  int m_count = 0;
  HullQueryModel::Status m_status = HullQueryModel::Null;
  HullError m_error;
};
