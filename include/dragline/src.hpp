// Every body of Dragline. With DRAGLINE_SEPARATE_COMPILATION, include this in exactly one file of the
// program.
#pragma once

#if defined(DRAGLINE_HEADER_BODIES) && !defined(DRAGLINE_SOURCE)
#error "<dragline/src.hpp> must be the first Dragline header of its file"
#endif
#define DRAGLINE_SOURCE

#include <dragline/dragline.hpp>
#include <dragline/testing.hpp>
