// Actions from QML.
#include "hullaction.h"

#include "hullclient_p.h"
#include "hulljsbridge_p.h"

void HullAction::setAction(const QString& action) {
  if (m_action == action) return;
  m_action = action;
  Q_EMIT actionChanged();
}

void HullAction::start(HullClient* client, HullQmlCall* call, const QJSValue& args) {
  HullClientPrivate::get(client)->start(HullClientPrivate::Kind::Action, call, m_action, HullJsBridge::argsFromJs(args),
                                        {}, HullClientPrivate::toDeadline(deadline()));
}
