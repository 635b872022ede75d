// All of the client: include this, or the few headers that you need.
#pragma once

#include <hull/client/blocking.hpp>
#include <hull/client/client.hpp>
#include <hull/client/connection_state.hpp>
#include <hull/client/offline.hpp>
#include <hull/client/options.hpp>
#include <hull/client/paginated_watch.hpp>
#include <hull/client/subscription.hpp>
#include <hull/client/typed.hpp>
#include <hull/client/watch.hpp>
#include <hull/client/watch_group.hpp>
#include <hull/error.hpp>
#include <hull/log.hpp>
#include <hull/sync/optimistic_pages.hpp>
#include <hull/value/convert.hpp>
#include <hull/value/json.hpp>
#include <hull/value/order.hpp>
#include <hull/value/size.hpp>
#include <hull/value/value.hpp>
#include <hull/version.hpp>
