// Links only when every body in the headers is inline, and passes only when both files see one copy.
#include <dragline/dragline.hpp>
#include <dragline/testing.hpp>

#include <cstdio>

const void* error_category_of_second();

int main() {
    const bool same = &dragline::error_category() == error_category_of_second();
    if (!same) std::puts("two copies of error_category()");
    return same ? 0 : 1;
}
