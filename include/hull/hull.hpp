// All of the client: include this, or the few headers that you need.
#pragma once

#include <hull/client/client.hpp>
#include <hull/client/connection_state.hpp>
#include <hull/client/offline.hpp>
#include <hull/client/options.hpp>
#include <hull/client/paginated_watch.hpp>
#include <hull/client/subscription.hpp>
#include <hull/client/watch.hpp>
#include <hull/error.hpp>
#include <hull/log.hpp>
#include <hull/value/json.hpp>
#include <hull/value/value.hpp>
#include <hull/version.hpp>
