// How files travel: as the options of the client say.
#pragma once

#include "hullclient.h"

#include <hull/http/http_options.hpp>

#include <chrono>

/// `client` may be null.
inline hull::http_client_options hullTransportOptions(const HullClient* client) {
  hull::http_client_options options;
  if (!client) return options;
  const HullClientOptions chosen = client->options();
  options.connect_timeout = std::chrono::milliseconds(chosen.connectTimeout);
  options.tls.ca_file = chosen.caFile.toStdString();
  options.tls.certificate_file = chosen.clientCertificate.toStdString();
  options.tls.private_key_file = chosen.clientKey.toStdString();
  options.tls.private_key_passphrase = chosen.clientKeyPassphrase.toStdString();
  options.proxy.url = chosen.proxyUrl.toStdString();
  return options;
}
