// The bodies of the pure machines; part of <hull/src.hpp>.
#pragma once

#ifndef HULL_SEPARATE_COMPILATION
#error "Define HULL_SEPARATE_COMPILATION for the whole program before including <hull/src.hpp>."
#endif

#include <hull/sync/check_args.ipp>
#include <hull/sync/chunks.ipp>
#include <hull/sync/commit.ipp>
#include <hull/sync/engine.ipp>
#include <hull/sync/history.ipp>
#include <hull/sync/identity.ipp>
#include <hull/sync/inbound.ipp>
#include <hull/sync/optimistic.ipp>
#include <hull/sync/optimistic_pages.ipp>
#include <hull/sync/paging.ipp>
#include <hull/sync/query_key.ipp>
#include <hull/sync/query_set.ipp>
#include <hull/sync/query_table.ipp>
#include <hull/sync/remote_state.ipp>
#include <hull/sync/requests.ipp>
#include <hull/sync/token_claims.ipp>
