// Two domains on loopback, one of them with wildcards, and the words that find what is real there. Start with
// lab.
#pragma once

#include "settings.hpp"

#include <dragline/dns/record.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/testing/dns_message.hpp>
#include <dragline/testing/dns_server.hpp>

#include <chrono>
#include <functional>
#include <set>
#include <string>

namespace subdomains {

class lab {
public:
    lab() {
        using dragline::dns::record_type;
        server_.host("*.wild.test", {"127.0.1.1", "127.0.1.2"}).host("*.cloud.wild.test", {"127.0.2.1"});
        server_.host("www.wild.test", {"127.0.0.1", "::1"}).host("db.cloud.wild.test", {"127.0.0.2"});
        server_.alias("mail.wild.test", "mx.plain.test").host("api.dev.wild.test", {"127.0.0.3"});
        server_.host("mx.plain.test", {"127.0.0.4"}).host("shop.plain.test", {"127.0.0.5"});
        server_.answer("six.plain.test", record_type::aaaa, {"::1"});
        // Now and then the first query for a name is lost.
        server_.on_query([](const dragline::testing::dns_query& query) {
            const bool lost = std::hash<std::string>()(query.name()) % 16 == 0;
            return dragline::testing::dns_reply().after_tries(lost ? 1 : 0);
        });
    }

    /// The names that a run must find, and no others.
    static std::set<std::string> built() {
        return {"www.wild.test", "db.cloud.wild.test", "mail.wild.test", "api.dev.wild.test",
                "mx.plain.test", "shop.plain.test",    "six.plain.test"};
    }

    /// The words, and 500 more that find nothing.
    static std::string words() {
        std::string all = "# what is there\nWWW\nmail\ndb.cloud\napi.dev\nmx\nshop\nsix\n";
        for (int number = 0; number < 500; ++number) {
            const auto prefix = number % 10 == 0   ? "nothing.cloud"
                                : number % 10 == 1 ? "void.nowhere"
                                                   : "host";
            all += "n" + std::to_string(number) + "." + prefix + '\n';
        }
        return all + "nothing\nvoid\n";
    }

    void apply_to(settings& options) const {
        using dragline::dns::record_type;
        options.domains = {"wild.test", "plain.test"};
        options.resolvers = {dragline::dns::server::parse(server_.to_string()).value()};
        options.types = {record_type::a, record_type::aaaa};
        options.try_timeout = std::chrono::milliseconds(500);
        options.tries = 10;
        options.window = 100;  // the server has one thread
        options.canary_every = 100;
    }

private:
    dragline::testing::dns_server server_;
};

}  // namespace subdomains
