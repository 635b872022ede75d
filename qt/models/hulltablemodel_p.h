// The machinery of a HullTableModel.
#pragma once

#include "hullqueryrows_p.h"
#include "hullrowsoutlet_p.h"
#include "hulltablemodel.h"

class HULL_QT_EXPORT HullTableModelPrivate final : public HullRowsOutlet<HullTableModel> {
 public:
  explicit HullTableModelPrivate(HullTableModel* model) : HullRowsOutlet(model), core(model, *this) {
    connectNews(core.news);
  }
  static HullTableModelPrivate* get(HullTableModel* model) { return model->d.get(); }

  HullQueryRows core;
  HullLiveQuery& live = core.live;

 private:
  friend class HullTableModel;

  void changed(int first, int last, const QList<int>& roles) override;
  void settled() override { core.announce(); }

  QVariantMap m_args;
  QStringList m_columns;
  std::vector<std::string> m_fields;  // The columns as the rows name them.
  QStringList m_headers;
};
