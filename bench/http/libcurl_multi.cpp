// libcurl's multi interface, easy handles kept and reused, as its documentation recommends.
#include "workload.hpp"

#include <curl/curl.h>

#include <vector>

namespace {

struct transfer {
    CURL* easy = nullptr;
    std::string body;
};

std::size_t append(char* data, std::size_t size, std::size_t count, void* target) {
    static_cast<transfer*>(target)->body.append(data, size * count);
    return size * count;
}

void prepare(transfer& each, const workload& work, const std::string& url) {
    each.easy = curl_easy_init();
    each.body.reserve(work.body_size);
    curl_easy_setopt(each.easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(each.easy, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(each.easy, CURLOPT_WRITEDATA, &each);
    curl_easy_setopt(each.easy, CURLOPT_PRIVATE, &each);
    curl_easy_setopt(each.easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(each.easy, CURLOPT_USERAGENT, work.user_agent);  // Accept is its own
    curl_easy_setopt(each.easy, CURLOPT_ACCEPT_ENCODING, work.accept_encoding);
    if (work.tls) curl_easy_setopt(each.easy, CURLOPT_CAINFO, work.ca_file.c_str());

    curl_easy_setopt(each.easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
}

void start(CURLM* multi, transfer& next) {
    next.body.clear();
    curl_multi_add_handle(multi, next.easy);
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    const auto url = work.url();
    curl_global_init(CURL_GLOBAL_ALL);
    CURLM* multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(work.in_flight));
    std::vector<transfer> transfers(static_cast<std::size_t>(work.in_flight));
    int left = work.requests;
    int done = 0;
    const stopwatch watch;
    for (auto& each : transfers) {
        prepare(each, work, url);
        if (left-- > 0) start(multi, each);
    }
    while (done < work.requests) {
        int running = 0;
        curl_multi_perform(multi, &running);
        int queued = 0;
        while (CURLMsg* message = curl_multi_info_read(multi, &queued)) {
            transfer* ended = nullptr;
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &ended);
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            require(message->data.result == CURLE_OK && status == 200 && ended->body.size() == work.body_size,
                    "curl");
            curl_multi_remove_handle(multi, ended->easy);
            ++done;
            if (left-- > 0) {
                start(multi, *ended);
            } else {
                std::string().swap(ended->body);  // before the clock stops, as fetch_url's
            }
        }
        if (done < work.requests) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    print(watch, work.requests);
    for (auto& each : transfers) curl_easy_cleanup(each.easy);
    curl_multi_cleanup(multi);
    curl_global_cleanup();
}
