// The bodies of the stores; part of <hull/src.hpp>.
#pragma once

#ifndef HULL_SEPARATE_COMPILATION
#error "Define HULL_SEPARATE_COMPILATION for the whole program before including <hull/src.hpp>."
#endif

#include <hull/offline/file_outbox.ipp>
#include <hull/offline/file_result_store.ipp>
#include <hull/offline/outbox_state.ipp>
#include <hull/offline/posix_files.ipp>
#include <hull/offline/record_file.ipp>
#include <hull/offline/record_format.ipp>
#include <hull/offline/result_index.ipp>
