// The machinery of a HullPaginatedModel.
#pragma once

#include "hulllivepages_p.h"
#include "hullpaginatedmodel.h"
#include "hullrowsoutlet_p.h"

class HULL_QT_EXPORT HullPaginatedModelPrivate final : public HullRowsOutlet<HullPaginatedModel> {
 public:
  explicit HullPaginatedModelPrivate(HullPaginatedModel* model)
      : HullRowsOutlet(model), live(model, [this] { onChanged(); }), rows(model, *this) {
    connectNews(m_news);
  }
  static HullPaginatedModelPrivate* get(HullPaginatedModel* model) { return model->d.get(); }

  HullLivePages live;
  HullRowsMachine rows;

 private:
  friend class HullPaginatedModel;

  struct Pages {
    bool isLoadingMore = false;
    bool canLoadMore = false;
    bool isExhausted = false;
  };

  bool onChanged();
  bool isKept(const hull::paginated_state& state);
  void settled() override;

  HullModelNews m_news;
  Pages m_pages;  // As announced.
  QVariantMap m_args;
  QStringList m_declared;
  bool m_keepPrevious = false;
  int m_generation = -1;       // Of the list that the rows belong to.
  int m_lost = 0;              // Rows to be loaded again, after the deployment made the list start over.
  bool m_isResetting = false;  // The user did.
};
