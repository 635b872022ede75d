// Colours of examples/common/ui/Theme.qml, and the tick of a box.
#include "looks.h"

#include <QtGui/QPainter>
#include <QtGui/QPalette>
#include <QtWidgets/QApplication>
#include <QtWidgets/QProxyStyle>
#include <QtWidgets/QStyleFactory>
#include <QtWidgets/QStyleOption>

namespace {

struct Colours {
  const char* window;
  const char* surface;
  const char* field;
  const char* line;
  const char* text;
  const char* faint;
  const char* accent;
  const char* tint;
  const char* bad;
};

constexpr Colours light{"#f3f4f8", "#ffffff", "#f3f4f8", "#e4e6ed", "#181b24",
                        "#737b8c", "#5048e5", "#ecebfd", "#c02b2b"};
constexpr Colours dark{"#0f1116", "#171a21", "#21252e", "#282d37", "#eceef2",
                       "#8d95a5", "#6d66f4", "#262549", "#ff8f8f"};

const char* const sheet = R"(
#bar { background: @surface; border-bottom: 1px solid @line; }
#title { font-size: 18px; font-weight: 600; color: @text; }
#state { font-size: 12px; color: @faint; }
#notice { color: @bad; font-size: 13px; padding: 6px 28px 10px 28px; }
QLineEdit#search { background: @field; border: 1.5px solid @field; border-radius: 20px; padding: 0 16px; color: @text;
  font-size: 14px; min-height: 37px; }
QLineEdit#search:focus { border-color: @accent; }
QTableView { background: @surface; border: 1px solid @line; border-radius: 14px; gridline-color: transparent;
  font-size: 14px; selection-background-color: @tint; selection-color: @text; outline: 0; }
QTableView::item { padding: 0 14px; border-bottom: 1px solid @line; }
QTableView::item:selected { background: @tint; color: @text; }
QTableView QLineEdit, QTableView QAbstractSpinBox { background: @surface; border: 1.5px solid @accent; padding: 0 12px;
  color: @text; selection-background-color: @accent; selection-color: white; }
QHeaderView { background: transparent; }
QHeaderView::section { background: transparent; color: @faint; border: none; border-bottom: 1px solid @line;
  padding: 11px 8px 11px 14px; font-size: 12px; font-weight: 500; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: border; subcontrol-position: center left; left: 3px;
  width: 9px; height: 9px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: @line; border-radius: 3px; min-height: 30px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; height: 0; }
)";

// Boxes with a tick that can be seen, in either theme: white on the accent.
class Ticks : public QProxyStyle {
 public:
  Ticks() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override {
    if (metric == PM_IndicatorWidth || metric == PM_IndicatorHeight) return 18;
    return QProxyStyle::pixelMetric(metric, option, widget);
  }
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override {
    if (element != PE_IndicatorItemViewItemCheck) return QProxyStyle::drawPrimitive(element, option, painter, widget);
    const bool isOn = option->state & State_On;
    const QRectF box = QRectF(option->rect).adjusted(1, 1, -1, -1);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    // Of the application: the palette of the table has another Highlight, for the rows that are chosen.
    const QColor edge = QApplication::palette().color(isOn ? QPalette::Highlight : QPalette::PlaceholderText);
    painter->setPen(QPen(edge, 1.5));
    painter->setBrush(isOn ? QBrush(edge) : Qt::NoBrush);
    painter->drawRoundedRect(box, 5, 5);
    if (isOn) {
      const auto at = [&box](double x, double y) { return box.topLeft() + QPointF(x * box.width(), y * box.height()); };
      painter->setPen(QPen(Qt::white, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
      painter->setBrush(Qt::NoBrush);
      painter->drawPolyline(QPolygonF({at(0.24, 0.53), at(0.43, 0.71), at(0.77, 0.31)}));
    }
    painter->restore();
  }
};

QColor colour(const char* name) { return QColor(QLatin1String(name)); }

}  // namespace

void useLooks(const QString& theme) {
  const bool isDark = theme == QStringLiteral("dark") ||
                      (theme != QStringLiteral("light") && QApplication::palette().window().color().lightness() < 128);
  const Colours& c = isDark ? dark : light;
  QApplication::setStyle(new Ticks);
  QPalette palette;
  palette.setColor(QPalette::Window, colour(c.window));
  palette.setColor(QPalette::Base, colour(c.surface));
  palette.setColor(QPalette::AlternateBase, colour(c.field));
  palette.setColor(QPalette::Button, colour(c.field));
  palette.setColor(QPalette::ButtonText, colour(c.text));
  palette.setColor(QPalette::Text, colour(c.text));
  palette.setColor(QPalette::WindowText, colour(c.text));
  palette.setColor(QPalette::PlaceholderText, colour(c.faint));
  palette.setColor(QPalette::Highlight, colour(c.accent));
  palette.setColor(QPalette::HighlightedText, Qt::white);
  QApplication::setPalette(palette);

  QString rules = QString::fromLatin1(sheet);
  for (const auto& [name, value] :
       {std::pair("@window", c.window), std::pair("@surface", c.surface), std::pair("@field", c.field),
        std::pair("@line", c.line), std::pair("@text", c.text), std::pair("@faint", c.faint),
        std::pair("@accent", c.accent), std::pair("@tint", c.tint), std::pair("@bad", c.bad)})
    rules.replace(QLatin1String(name), QLatin1String(value));
  qApp->setStyleSheet(rules);
}
