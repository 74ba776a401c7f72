#include "resolve_many.hpp"

int main(int count, char** arguments) {
    resolve_many_on(dragline::dns::bulk_engine::udp, read_arguments(count, arguments));
}
