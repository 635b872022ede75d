// The way from the machine into a model: the model's own functions for row operations, and its signals.
#pragma once

#include "hullqueryrows_p.h"
#include "hullrowsmachine_p.h"

/// `Model` is a QAbstractItemModel that befriends this class and has the signals countChanged, errorChanged and
/// statusChanged.
template <class Model>
class HullRowsOutlet : public HullRowsSink {
 public:
  void beginReset() override { q->beginResetModel(); }
  void endReset() override { q->endResetModel(); }
  void beginRemove(int first, int last) override { q->beginRemoveRows({}, first, last); }
  void endRemove() override { q->endRemoveRows(); }
  void beginMove(int first, int last, int to) override { q->beginMoveRows({}, first, last, {}, to); }
  void endMove() override { q->endMoveRows(); }
  void beginInsert(int first, int last) override { q->beginInsertRows({}, first, last); }
  void endInsert() override { q->endInsertRows(); }
  void changed(int first, int last, const QList<int>& roles) override {
    Q_EMIT q->dataChanged(q->index(first, 0), q->index(last, 0), roles);
  }

 protected:
  explicit HullRowsOutlet(Model* model) : q(model) {}
  ~HullRowsOutlet() = default;

  void connectNews(HullModelNews& news) {
    news.countChanged = [this] { Q_EMIT q->countChanged(); };
    news.errorChanged = [this] { Q_EMIT q->errorChanged(); };
    news.statusChanged = [this] { Q_EMIT q->statusChanged(); };
  }

  Model* const q;
};
