// A sample that the layers test must reject: the network room knows the protocol.
#pragma once

// Bytes have no meaning in net.
#include <hull/protocol/types.hpp>
