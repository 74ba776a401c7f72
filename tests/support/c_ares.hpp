// What tests must know of the c-ares that they run with.
#pragma once

#include <ares.h>
#include <ares_version.h>

namespace dragline::test {

// From 1.28 on c-ares reads every message into records and writes it anew. It refuses names with characters
// that host names lack, loses an answer near the largest size or with data of no bytes, and asks again
// without EDNS by itself.
inline bool c_ares_rewrites_messages() {
    int version = 0;
    ares_version(&version);
    return version >= 0x011c00;
}

}  // namespace dragline::test
