// The window of the boats.
#include "tablewindow.h"

#include <QtCore/QTimer>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

namespace {

constexpr int noticeMilliseconds = 8000;
constexpr int rowHeight = 42;

}  // namespace

TableWindow::TableWindow(const QUrl& deployment, QWidget* parent)
    : QWidget(parent), m_client(deployment), m_rows(&m_boats) {
  setWindowTitle(tr("Hull table"));
  resize(920, 660);
  buildBar();
  buildTable();
  m_notice = new QLabel;
  m_notice->setObjectName(QStringLiteral("notice"));
  m_notice->hide();

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_bar);
  auto* middle = new QVBoxLayout;
  middle->setContentsMargins(24, 20, 24, 20);
  middle->addWidget(m_view);
  column->addLayout(middle, 1);
  column->addWidget(m_notice);

  connect(&m_client, &HullClient::connectionStateChanged, this, &TableWindow::tellState);
  connect(&m_boats, &HullTableModel::countChanged, this, &TableWindow::tellState);
  connect(&m_boats, &HullTableModel::errorChanged, this, [this] { tellProblem(m_boats.error().message()); });
  connect(&m_rows, &BoatProxy::refused, this, &TableWindow::tellProblem);
  connect(m_search, &QLineEdit::textChanged, &m_rows, &BoatProxy::search);
  tellState();

  m_boats.setColumns({QStringLiteral("berth"), QStringLiteral("name"), QStringLiteral("owner"),
                      QStringLiteral("length"), QStringLiteral("paid"), QStringLiteral("note")});
  m_boats.setHeaders({tr("Berth"), tr("Boat"), tr("Owner"), tr("Length"), tr("Fee"), tr("Note")});
  m_boats.setClient(&m_client);
  m_boats.setQuery(QStringLiteral("boats:list"));
  m_view->sortByColumn(0, Qt::AscendingOrder);
  const int widths[] = {92, 160, 190, 100, 110};
  for (int column = 0; column < 5; ++column) m_view->setColumnWidth(column, widths[column]);
  m_view->setFocus();
}

void TableWindow::buildBar() {
  m_bar = new QWidget;
  m_bar->setObjectName(QStringLiteral("bar"));
  m_bar->setAttribute(Qt::WA_StyledBackground);
  m_bar->setFixedHeight(68);
  auto* title = new QLabel(tr("Harbour berths"));
  title->setObjectName(QStringLiteral("title"));
  m_state = new QLabel;
  m_state->setObjectName(QStringLiteral("state"));
  m_search = new QLineEdit;
  m_search->setObjectName(QStringLiteral("search"));
  m_search->setPlaceholderText(tr("Search"));
  m_search->setFixedWidth(240);

  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addStretch();
  words->addWidget(title);
  words->addWidget(m_state);
  words->addStretch();
  auto* row = new QHBoxLayout(m_bar);
  row->setContentsMargins(24, 0, 24, 0);
  row->addLayout(words);
  row->addStretch();
  row->addWidget(m_search);
}

void TableWindow::buildTable() {
  m_view = new QTableView;
  m_view->setModel(&m_rows);
  m_view->setSortingEnabled(true);
  m_view->setShowGrid(false);
  m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_view->setSelectionMode(QAbstractItemView::SingleSelection);
  m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                          QAbstractItemView::AnyKeyPressed);
  m_view->verticalHeader()->hide();
  m_view->verticalHeader()->setDefaultSectionSize(rowHeight);
  m_view->horizontalHeader()->setStretchLastSection(true);
  m_view->horizontalHeader()->setHighlightSections(false);
  m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

bool TableWindow::isSettled() const {
  return m_boats.status() == HullTableModel::Ready && m_client.connectionState().inflightMutations == 0;
}

void TableWindow::tellState() {
  const int waiting = m_client.connectionState().inflightMutations;
  QString text = m_client.isConnected() ? tr("live") : tr("offline");
  if (m_boats.count() > 0) text += tr("  ·  %1 boats").arg(m_boats.count());
  if (waiting > 0) text += waiting == 1 ? tr("  ·  saving 1 change") : tr("  ·  saving %1 changes").arg(waiting);
  const QString light = m_client.isConnected() ? QStringLiteral("#17a673") : QStringLiteral("#8d95a5");
  m_state->setText(QStringLiteral("<span style='color:%1'>●</span>&nbsp; %2").arg(light, text.toHtmlEscaped()));
}

void TableWindow::tellProblem(const QString& why) {
  m_notice->setText(why);
  m_notice->setVisible(!why.isEmpty());
  QTimer::singleShot(noticeMilliseconds, m_notice, [notice = m_notice, why] {
    if (notice->text() == why) notice->hide();
  });
}
