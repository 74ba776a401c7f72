#include <dragline/dns/resolve_many.hpp>

#include "../support/child_descriptors.hpp"
#include "bulk_lab.hpp"

#include <asio/post.hpp>

#include <memory>
#include <optional>
#include <ranges>
#include <utility>

namespace dns = dragline::dns;
using namespace dragline::test;
using dns::errc;
using dragline::testing::dns_reply;

namespace {

// Answers every question with one address.
class one_address final : public dns::transport {
public:
    explicit one_address(dragline::event_loop& loop) : loop_(loop) {}

    void ask(const dns::question& asked, const dns::query_form&, std::shared_ptr<dns::reply_sink> sink,
             std::size_t tag) override {
        auto reply = dns::wire::make_response(dns::wire::make_query(0, asked));
        reply.answers.emplace_back(asked.name, 60, dns::a_record{{192, 0, 2, 1}});
        asio::post(loop_.get_executor(), [sink = std::move(sink), tag, reply = std::move(reply)] {
            sink->on_reply(tag, reply);
            sink->on_reply(tag, reply);  // a second time, against the rule: nothing happens
        });
    }
    void hold() override { ++held; }
    void release() noexcept override { --held; }
    void shutdown() noexcept override { ended = true; }
    std::string description() const override { return "one address"; }

    int held = 0;
    bool ended = false;

private:
    dragline::event_loop& loop_;
};

}  // namespace

TEST_CASE("a run asks through the transports of its resolver, and leaves them to it", "[dns][resolve_many]") {
    dragline::event_loop loop;
    const auto transport = std::make_shared<one_address>(loop);
    const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>{transport});
    std::size_t answered = 0;
    const auto count = [&](const bulk_answer& each) {
        CHECK(texts(dns::addresses_v4(each.answer)) == list{"192.0.2.1"});
        CHECK(each.server == "one address");
        ++answered;
    };
    const auto summary =
        dragline::run(loop, dns::resolve_many(resolver, numbered(500), record_type::a, count));
    CHECK(answered == 500);
    CHECK(summary.answered == 500);
    CHECK(summary.servers.at(0).sent == 500);
    CHECK(transport->held == 0);
    CHECK(!transport->ended);
}

TEST_CASE("each name is answered once, with records, who said so and how", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.host("a.test", {"127.0.0.2", "127.0.0.3"}).alias("www.a.test", "a.test");
    std::string said_by;
    const auto options = lab.bulk();
    const auto check_server = [&](const bulk_answer& each) { said_by = each.server; };
    const auto [ec, summary] =
        lab.run(dns::resolve_many(lab.loop, list{"a.test"}, record_type::a, options, check_server, no_throw));
    CHECK(!ec);
    CHECK(said_by == lab.server.to_string());

    const auto out = lab.resolve_all({"A.test.", "www.a.test"});
    CHECK(!out.error);
    const auto answers = out.by_index();
    REQUIRE(answers.size() == 2);
    const auto& first = answers.at(0);
    CHECK(first.name == "A.test.");
    CHECK(first.answer.asked == dns::question("a.test"));
    CHECK(texts(dns::addresses_v4(first.answer)) == list{"127.0.0.2", "127.0.0.3"});
    CHECK(first.answer.ttl == 60);
    CHECK(first.tries == 1);
    CHECK(!first.confirmed);
    CHECK(answers.at(1).answer.aliases == list{"a.test"});
    CHECK(out.summary.asked == 2);
    CHECK(out.summary.answered == 2);
    CHECK(out.summary.retries == 0);
    CHECK(out.summary.servers.at(0).sent == 2);
    CHECK(out.summary.servers.at(0).answered == 2);
    CHECK(out.summary.servers.at(0).server == lab.server.to_string());
}

TEST_CASE("a program that is started during a run gets none of its sockets", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    const auto before = child_descriptors();
    std::size_t compared = 0;
    const auto compare = [&](const bulk_answer&) {
        CHECK(child_descriptors() == before);
        ++compared;
    };
    dragline::run(lab.loop, dns::resolve_many(lab.loop, numbered(3), record_type::a, lab.bulk(), compare));
    CHECK(compared == 3);
}

TEST_CASE("many names come out in their order, or as they come", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    lab.server.on("n0.test", [](const auto& query) {
        return numbered_host(query).delay(std::chrono::milliseconds(50));
    });
    constexpr std::size_t count = 300;

    auto out = lab.resolve_all(numbered(count), lab.bulk().in_order(true).window(40));
    CHECK(check_numbered(out, count) == count);
    for (std::size_t i = 0; i < count; ++i) CHECK(out.answers.at(i).index == i);

    out = lab.resolve_all(numbered(count), lab.bulk().window(40));
    CHECK(check_numbered(out, count) == count);
    CHECK(out.answers.front().index != 0);
}

TEST_CASE("a window of one asks one after the other", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    const bool in_order = GENERATE(false, true);
    const auto out = lab.resolve_all(numbered(20), lab.bulk().window(1).in_order(in_order));
    CHECK(check_numbered(out, 20) == 20);
    for (std::size_t i = 0; i < 20; ++i) CHECK(out.answers.at(i).index == i);
}

TEST_CASE("each type is asked for", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.host("a.test", {"127.0.0.2", "::2"}).answer("a.test", record_type::mx, {"10 mail.test"});
    const auto out =
        lab.resolve_all(list{"a.test", "b.test"}, {record_type::a, record_type::aaaa, record_type::mx},
                        lab.bulk().in_order(true));
    REQUIRE(out.answers.size() == 6);
    CHECK(out.answers[0].index == 0);
    CHECK(out.answers[1].type() == record_type::aaaa);
    CHECK(texts(dns::addresses_v6(out.answers[1].answer)) == list{"::2"});
    REQUIRE(out.answers[2].answer.records.size() == 1);
    CHECK(out.answers[2].answer.records[0].get<dns::mx_record>()->exchange == "mail.test");
    CHECK(out.answers[3].index == 1);
    CHECK(out.answers[5].error() == errc::name_not_found);
    CHECK(out.summary.name_not_found == 3);
}

TEST_CASE("a question that was asked before is counted, not asked, unless that is wanted",
          "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    const list names{"n1.test", "N1.TEST", "n2.test", "n1.test.", "n\\049.test"};
    auto out = lab.resolve_all(names);
    CHECK(out.by_index().size() == 2);
    CHECK(out.summary.duplicates == 3);
    CHECK(lab.server.query_count() == 2);
    CHECK(out.summary.asked == 2);

    out = lab.resolve_all(names, lab.bulk().dedupe(false));
    CHECK(out.by_index().size() == 5);
    CHECK(out.summary.duplicates == 0);
    CHECK(lab.server.query_count() == 7);
    CHECK(out.by_index().at(4).answer.asked.name == "n1.test");
}

TEST_CASE("every kind of bad name is an error of its own, and disturbs nothing", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    const std::string long_label(64, 'a');
    const std::string good_label(63, 'n');
    const std::string too_long = good_label + "." + good_label + "." + good_label + "." + good_label;
    const std::string longest =
        "n1" + std::string(59, 'x') + "." + good_label + "." + good_label + "." + good_label;
    const list names{"",         "a..test",    ".test",       long_label + ".test",
                     too_long,   "192.0.2.1",  "2001:db8::1", "b\xc3\xbc.test",
                     "a b.test", "\\300.test", "n1.test",     "192.0.2.1.",
                     longest,    "..",         "n2_-.test"};
    const bool in_order = GENERATE(false, true);
    const auto out = lab.resolve_all(names, lab.bulk().in_order(in_order));
    const auto answers = out.by_index();
    REQUIRE(answers.size() == names.size());
    const std::vector<std::error_code> expected{errc::empty_name,
                                                errc::empty_label,
                                                errc::empty_label,
                                                errc::label_too_long,
                                                errc::name_too_long,
                                                errc::invalid_name,
                                                errc::invalid_name,
                                                errc::non_ascii_name,
                                                errc::invalid_name,
                                                errc::invalid_name,
                                                {},
                                                errc::invalid_name,
                                                {},
                                                errc::empty_label,
                                                {}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        CAPTURE(i);
        CHECK(answers.at(i).error() == expected[i]);
        CHECK(answers.at(i).name == names[i]);
        CHECK(answers.at(i).tries == (expected[i] ? 0 : 1));
    }
    CHECK(out.summary.bad_names == 12);
    CHECK(out.summary.answered == 3);
    CHECK(out.summary.asked == names.size());
}

TEST_CASE("escapes, underscores, a star and the root can be asked for", "[dns][resolve_many]") {
    bulk_lab lab;
    const auto out = lab.resolve_all(list{"_a.test", "*.test", ".", "a\\.b.test", "\\000.test"},
                                     record_type::txt, lab.bulk());
    CHECK(out.summary.asked == 5);
    CHECK(out.summary.name_not_found + out.summary.no_data == 5);
    CHECK(out.by_index().at(3).answer.asked.name == "a\\.b.test");
    CHECK(out.by_index().at(2).answer.asked.name == ".");
}

TEST_CASE("what servers say about a name is told apart", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.host("good.test", {"127.0.0.2"}).empty("empty.test");
    lab.server.on("servfail.test", dns_reply(dns::rcode::server_failure));
    lab.server.on("refused.test", dns_reply(dns::rcode::refused));
    lab.server.on("silent.test", dns_reply().silent());
    lab.server.on("notimp.test", dns_reply(dns::rcode::not_implemented));
    lab.server.on("garbled.test", dns_reply().compression_loop());
    const auto options = lab.bulk().try_timeout(std::chrono::milliseconds(60)).tries(2);
    const auto out = lab.resolve_all({"good.test", "empty.test", "none.test", "servfail.test", "refused.test",
                                      "silent.test", "notimp.test", "garbled.test"},
                                     options);
    CHECK(!out.error);
    CHECK(!out.error_of(0));
    CHECK(out.error_of(1) == errc::no_data);
    CHECK(out.error_of(2) == errc::name_not_found);
    CHECK(out.by_index().at(2).answer.ttl == 60);
    CHECK(out.error_of(3) == errc::server_failure);
    CHECK(out.by_index().at(3).answer.code == dns::rcode::server_failure);
    CHECK(out.error_of(4) == errc::refused);
    CHECK(out.error_of(5) == dragline::condition::timeout);
    CHECK(out.by_index().at(5).tries == 2);
    CHECK(out.by_index().at(5).took >= std::chrono::milliseconds(120));
    CHECK(out.error_of(6) == errc::not_implemented);
    CHECK(out.error_of(7) == errc::malformed_message);
    const auto& sum = out.summary;
    CHECK(sum.asked == 8);
    CHECK(sum.answered == 1);
    CHECK(sum.no_data == 1);
    CHECK(sum.name_not_found == 1);
    CHECK(sum.server_failures == 1);
    CHECK(sum.refused == 1);
    CHECK(sum.timed_out == 1);
    CHECK(sum.other_failures == 2);
    CHECK(sum.servers.at(0).timed_out == 2);
    CHECK(sum.servers.at(0).refused == 1);
}

TEST_CASE("names come from a function, a view or a container", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    std::size_t next = 0;
    const auto pull = [&next]() -> std::optional<std::string> {
        if (next == 100) return std::nullopt;
        return "n" + std::to_string(next++) + ".test";
    };
    CHECK(check_numbered(lab.resolve_all(pull, record_type::a, lab.bulk().window(10)), 100) == 100);

    const auto view = std::views::iota(0, 100) |
                      std::views::transform([](int i) { return "n" + std::to_string(i) + ".test"; });
    CHECK(check_numbered(lab.resolve_all(view, record_type::a, lab.bulk()), 100) == 100);
    CHECK(check_numbered(
              lab.resolve_all(std::vector<const char*>{"n0.test", "n1.test"}, record_type::a, lab.bulk()),
              2) == 2);
    const list kept = numbered(10);
    CHECK(check_numbered(lab.resolve_all(std::views::all(kept), record_type::a, lab.bulk()), 10) == 10);
}

TEST_CASE("without names nothing is asked", "[dns][resolve_many]") {
    bulk_lab lab;
    const auto out = lab.resolve_all(list{});
    CHECK(!out.error);
    CHECK(out.summary.asked == 0);
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("options that cannot work are an error of the call", "[dns][resolve_many]") {
    bulk_lab lab;
    CHECK(lab.resolve_all({"a.test"}, lab.bulk().window(0)).error == dragline::errc::invalid_option);
    CHECK(lab.resolve_all({"a.test"}, lab.bulk().add_server("x")).error == errc::invalid_server);
    CHECK(lab.resolve_all(list{"a.test"}, dns::record_types(std::vector<record_type>()), lab.bulk()).error ==
          dragline::errc::invalid_option);
    const dns::resolver none(lab.loop, std::vector<std::shared_ptr<dns::transport>>());
    const auto ignore = [](const bulk_answer&) {};
    const auto options = bulk_options().engine(lab.engine);
    const auto [ec, summary] =
        lab.run(dns::resolve_many(none, list{"a.test"}, record_type::a, options, ignore, no_throw));
    CHECK(ec == errc::no_servers);
}

TEST_CASE("without servers of its own a run asks those of the resolver", "[dns][resolve_many]") {
    bulk_lab lab;
    lab.server.on_query(&numbered_host);
    std::size_t answered = 0;
    const auto count = [&](const bulk_answer& each) { answered += each.error() ? 0 : 1; };
    const auto options = bulk_options().engine(lab.engine);
    const auto summary =
        lab.run(dns::resolve_many(lab.resolver(), numbered(5), record_type::a, options, count));
    CHECK(answered == 5);
    CHECK(summary.answered == 5);
}
