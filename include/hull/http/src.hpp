// The bodies of the HTTP client; part of <hull/src.hpp>.
#pragma once

#ifndef HULL_SEPARATE_COMPILATION
#error "Define HULL_SEPARATE_COMPILATION for the whole program before including <hull/src.hpp>."
#endif

#include <hull/http/download.ipp>
#include <hull/http/file_bodies.ipp>
#include <hull/http/file_storage.ipp>
#include <hull/http/function_call.ipp>
#include <hull/http/http_calls.ipp>
#include <hull/http/http_client.ipp>
#include <hull/http/http_client_core.ipp>
#include <hull/http/http_flight.ipp>
