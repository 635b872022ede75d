// The machinery of a HullQueryModel.
#pragma once

#include "hullquerymodel.h"
#include "hullqueryrows_p.h"
#include "hullrowsoutlet_p.h"

class HULL_QT_EXPORT HullQueryModelPrivate final : public HullRowsOutlet<HullQueryModel> {
 public:
  explicit HullQueryModelPrivate(HullQueryModel* model) : HullRowsOutlet(model), core(model, *this) {
    connectNews(core.news);
  }
  static HullQueryModelPrivate* get(HullQueryModel* model) { return model->d.get(); }

  HullQueryRows core;
  HullLiveQuery& live = core.live;

 private:
  friend class HullQueryModel;

  void settled() override { core.announce(); }

  QVariantMap m_args;
  QStringList m_declared;
};
