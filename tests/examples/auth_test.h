// The cases of auth_test.cpp. Apart, because moc cannot read the SDK's headers.
#pragma once

#include <QtCore/QObject>

class AuthTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void gatesSwitch();
  void signingOutClearsAtOnce();
  void expiredTokenIsRenewedBehindThePage();
  void tokensAreChecked();
};
