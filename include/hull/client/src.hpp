// The bodies of the client; part of <hull/src.hpp>.
#pragma once

#ifndef HULL_SEPARATE_COMPILATION
#error "Define HULL_SEPARATE_COMPILATION for the whole program before including <hull/src.hpp>."
#endif

#include <hull/client/blocking.ipp>
#include <hull/client/client.ipp>
#include <hull/client/client_core.ipp>
#include <hull/client/driver.ipp>
#include <hull/client/group_core.ipp>
#include <hull/client/io_thread.ipp>
#include <hull/client/pages_core.ipp>
