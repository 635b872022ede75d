// All simulated drawers.
#include "crowd.h"

#include <utility>

Crowd::Crowd(QObject* parent) : QObject(parent) {
  m_second.setInterval(1000);
  connect(&m_second, &QTimer::timeout, this, &Crowd::count);
}

Crowd::~Crowd() = default;

void Crowd::start() {
  m_drawers.clear();
  for (int i = 0; i < m_size; ++i) {
    auto drawer = std::make_unique<Drawer>(m_deployment, i, m_rate, nullptr);
    connect(drawer.get(), &Drawer::moved, this, [this] { ++m_nowSent; });
    connect(drawer.get(), &Drawer::saw, this, [this](int rows) { m_nowSeen += rows; });
    connect(drawer.get(), &Drawer::confirmed, this, [this](double milliseconds) {
      ++m_nowConfirmed;
      m_nowWaited += milliseconds;
    });
    connect(drawer.get(), &Drawer::refused, this, &Crowd::refused);
    m_drawers.push_back(std::move(drawer));
  }
  m_second.start();
  if (!std::exchange(m_isDrawing, true)) Q_EMIT drawingChanged();
}

void Crowd::rest() {
  for (const auto& drawer : m_drawers) drawer->rest();
  if (std::exchange(m_isDrawing, false)) Q_EMIT drawingChanged();
}

void Crowd::count() {
  m_sent = std::exchange(m_nowSent, 0);
  m_seen = std::exchange(m_nowSeen, 0);
  const double waited = std::exchange(m_nowWaited, 0);
  const int confirmed = std::exchange(m_nowConfirmed, 0);
  m_roundTrip = confirmed > 0 ? waited / confirmed : 0;
  Q_EMIT counted();
}
