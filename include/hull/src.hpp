// Every body of the client, for exactly one source file of a program that defines HULL_SEPARATE_COMPILATION.
//
// A build that wants them compiled side by side includes the five below in a source file each instead.
#pragma once

#include <hull/client/src.hpp>
#include <hull/http/src.hpp>
#include <hull/net/src.hpp>
#include <hull/offline/src.hpp>
#include <hull/sync/src.hpp>
