#include <dragline/dragline.hpp>
#include <dragline/testing.hpp>

const void* error_category_of_second() { return &dragline::error_category(); }
