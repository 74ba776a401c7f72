// fetch_url as dragline_fetch does it, with a trace of each fetch: what tracing costs.
#include "fetch_loop.hpp"

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    asio::io_context loop(1);
    const auto session = session_for(loop, work);
    const stopwatch watch;
    run_fetches(loop, session, work, work.requests, &fetch_traced);
    print(watch, work.requests);
}
