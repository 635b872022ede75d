// The examples' looks for widgets: the colours of ExampleUi's Theme as a palette and a style sheet.
#pragma once

#include <QtCore/QString>

/// "system", "light" or "dark", for the whole application.
void useLooks(const QString& theme);
