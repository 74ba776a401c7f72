// A program of a user, the same for each way to add Dragline.
#include <dragline/dragline.hpp>

#include <cstdio>

int main() {
    const std::error_code ec = dragline::make_timeout(dragline::phase::connect);
    std::printf("dragline %d.%d.%d: %s\n", DRAGLINE_VERSION_MAJOR, DRAGLINE_VERSION_MINOR,
                DRAGLINE_VERSION_PATCH, ec.message().c_str());
    return ec == dragline::condition::timeout ? 0 : 1;
}
