// cpp-httplib: it blocks, so a thread for each of those in flight, each with a client of its own that keeps
// its connection. It resumes no TLS session.
#include "workload.hpp"

#include <httplib.h>

#include <atomic>
#include <thread>
#include <vector>

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    std::atomic<int> left = work.requests;
    std::vector<std::thread> threads;
    const stopwatch watch;
    for (int i = 0; i < work.in_flight; ++i) {
        threads.emplace_back([&] {
            httplib::Client client(work.origin());
            client.set_keep_alive(true);
            client.set_tcp_nodelay(true);
            client.set_default_headers({{"User-Agent", work.user_agent},
                                        {"Accept", work.accept},
                                        {"Accept-Encoding", work.accept_encoding}});
            if (work.tls) client.set_ca_cert_path(work.ca_file);
            while (left.fetch_sub(1) > 0) {
                const auto page = client.Get(work.path);
                require(page && page->status == 200 && page->body.size() == work.body_size, "httplib");
            }
        });
    }
    for (auto& each : threads) each.join();
    print(watch, work.requests);
}
