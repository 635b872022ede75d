// One simulated drawer.
#include "drawer.h"

#include "curve.h"

#include <array>

namespace {

// A drawer that is so far ahead of the deployment waits for it.
constexpr int mostUnfinished = 8;

constexpr std::array names{"Ada",    "Grace",   "Linus", "Barbara", "Alan",    "Edsger", "Margaret",
                           "Donald", "Frances", "Ken",   "Hedy",    "Niklaus", "Radia",  "Tony",
                           "Joan",   "Bjarne",  "Adele", "Dennis",  "Jean",    "John"};
constexpr std::array colors{"#e5484d", "#d6409f", "#8e4ec6", "#3e63dd", "#0091c2", "#12a594", "#46a758", "#d0740c"};

}  // namespace

Drawer::Drawer(const QUrl& deployment, int number, int rate, QObject* parent)
    : QObject(parent), m_client(deployment), m_chance(static_cast<quint32>(number) * 7919 + 17) {
  const auto at = static_cast<std::size_t>(number);
  m_name = QString::fromLatin1(names[at % names.size()]);
  if (at >= names.size()) m_name += QStringLiteral(" %1").arg(at / names.size() + 1);
  m_color = QString::fromLatin1(colors[at % colors.size()]);
  m_pause = static_cast<int>(m_chance.bounded(rate));

  watch(m_pens, QStringLiteral("board:pens"));
  watch(m_strokes, QStringLiteral("board:strokes"));
  connect(&m_pace, &QTimer::timeout, this, &Drawer::step);
  m_pace.setTimerType(Qt::PreciseTimer);
  m_pace.start(1000 / rate);
}

void Drawer::watch(HullQueryModel& model, const QString& query) {
  connect(&model, &HullQueryModel::dataChanged, this,
          [this](const QModelIndex& first, const QModelIndex& last) { Q_EMIT saw(last.row() - first.row() + 1); });
  connect(&model, &HullQueryModel::rowsInserted, this,
          [this](const QModelIndex&, int first, int last) { Q_EMIT saw(last - first + 1); });
  model.setClient(&m_client);
  model.setQuery(query);
}

void Drawer::rest() {
  m_pace.stop();
  if (!m_way.isEmpty()) draw(m_way.first(), false);
  m_way.clear();
}

void Drawer::step() {
  if (m_unfinished >= mostUnfinished || m_pause-- > 0) return;
  if (m_way.isEmpty()) m_way = randomCurve(m_chance);
  const QPointF next = m_way.takeFirst();
  const bool isEnd = m_way.isEmpty();
  draw(next, !isEnd);
  m_pause = isEnd ? 4 + static_cast<int>(m_chance.bounded(20)) : 0;
}

void Drawer::draw(const QPointF& to, bool isDown) {
  QElapsedTimer clock;
  clock.start();
  ++m_unfinished;
  Q_EMIT moved();
  const QVariantMap args{{QStringLiteral("drawer"), m_name}, {QStringLiteral("name"), m_name},
                         {QStringLiteral("color"), m_color}, {QStringLiteral("x"), to.x()},
                         {QStringLiteral("y"), to.y()},      {QStringLiteral("ink"), QVariantList{to.x(), to.y()}},
                         {QStringLiteral("down"), isDown}};
  m_client.mutation(QStringLiteral("board:draw"), args)
      ->then(
          this,
          [this, clock](const QVariant&) {
            --m_unfinished;
            Q_EMIT confirmed(static_cast<double>(clock.nsecsElapsed()) / 1e6);
          },
          [this](const HullError& error) {
            --m_unfinished;
            Q_EMIT refused(error.message());
          });
}
