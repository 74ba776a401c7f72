// Property: whatever a peer sends, in whatever portions, an engine ends in the same state, keeps its output
// bounded, keeps its first error, and never delivers a byte that an honest peer did not send.
// The first byte of the input picks the scene.
#include <dragline/tls/engine.hpp>

#include <tls/engine_pair.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

using namespace dragline;
using test::engine_pair;

namespace {

void require(bool held) {
    if (!held) std::abort();
}

struct contexts {
    tls::context client = test::example_client(test::trusting().alpn({"h2", "http/1.1"}));
    tls::context server = test::example_server(tls::server_options().alpn({"http/1.1"}));
    tls::context older_server =
        test::example_server(tls::server_options().max_version(tls::version::tls_1_2));
};

const contexts& shared() {
    static const contexts made;
    return made;
}

const auto small = tls::engine_options().host("example.com").output_limit(20'000).input_limit(30'000);

void check_bounds(const tls::engine& engine) {
    require(engine.output_size() <= small.output_limit() + 64 * 1024);
    require(engine.handshake_done() || engine.alpn().empty());
}

struct outcome {
    std::error_code error;
    std::string plain;
    bool closed = false;
    bool handshake_done = false;

    bool operator==(const outcome&) const = default;
};

void read_into(outcome& result, tls::engine& engine) {
    const auto all = test::read_all(engine);
    result.plain += all.plain;
    result.closed = all.closed;
    if (all.error) result.error = all.error;
    check_bounds(engine);
}

outcome give(const tls::context& context, std::string_view bytes, std::size_t step) {
    tls::engine engine(context, small);
    outcome result;
    read_into(result, engine);
    while (!bytes.empty() && !result.error && !result.closed) {
        const auto portion = bytes.substr(0, std::min<std::size_t>(step, 20'000));
        test::feed(engine, portion);
        bytes.remove_prefix(portion.size());
        read_into(result, engine);
    }
    engine.input_ended();
    read_into(result, engine);
    require(result.error || result.closed);
    result.handshake_done = engine.handshake_done();
    // The first error stays, whatever else comes.
    test::feed(engine, "more");
    outcome again;
    read_into(again, engine);
    require(again.error == result.error && again.plain.empty());
    return result;
}

// Bytes of a stranger, to a client or a server that has just begun.
void give_raw_bytes(const tls::context& context, std::string_view bytes) {
    const outcome whole = give(context, bytes, bytes.size() + 1);
    require(!whole.handshake_done && whole.plain.empty());
    require(give(context, bytes, 1) == whole);
    require(give(context, bytes, 7) == whole);
}

std::uint8_t next(std::string_view& script) {
    if (script.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(script.front());
    script.remove_prefix(1);
    return byte;
}

// A real server's messages, changed on the way: the client must not take them for somebody else's.
void change_handshake(const tls::context& server, std::string_view script) {
    engine_pair pair(shared().client, server, small);
    require(pair.client.handshake().has_value());
    test::feed(pair.server, test::take_output(pair.client));
    require(pair.server.handshake().has_value());
    std::string flight = test::take_output(pair.server);
    bool changed = false;
    while (script.size() >= 3) {
        const std::size_t at = (next(script) << 8 | next(script)) % flight.size();
        const char flip = static_cast<char>(next(script));
        flight[at] = static_cast<char>(flight[at] ^ flip);
        changed = changed || flip != 0;
    }
    test::feed(pair.client, flight, 1 + next(script) * 16u);
    const auto step = pair.client.handshake();
    check_bounds(pair.client);
    if (!changed) require(step.has_value());
    if (pair.client.handshake_done()) {
        require(pair.client.peer().chain().at(0).names.at(0) == "example.com");
    }
}

// Two honest engines, and a transport that delays, cuts and corrupts.
class session_script {
public:
    explicit session_script(const tls::context& server) : pair_(shared().client, server, small) {
        pair_.connect();
        require(pair_.client.handshake_done() && pair_.server.handshake_done());
    }

    void run(std::string_view script) {
        while (!script.empty()) {
            const std::uint8_t operation = next(script);
            step(operation & 7, operation >> 3, next(script));
            check_bounds(pair_.client);
            require(std::string_view(sent_).starts_with(got_.plain));
            if (got_.closed) require(got_.plain == sent_);
        }
        if (!corrupted_ && !ended_) {
            to_client(in_transit_.size());
            read_into(got_, pair_.client);
            require(!got_.error && got_.plain == sent_ && got_.closed == closed_);
        }
    }

private:
    void step(int operation, std::size_t large, std::size_t small_size) {
        switch (operation) {
            case 0: server_writes(large << 9 | small_size); break;
            case 1: static_cast<void>(pair_.client.write(std::string(small_size, 'c'))); break;
            case 2: to_client(large << 8 | small_size); break;
            case 3: test::feed(pair_.server, test::take_output(pair_.client)); break;
            case 4: client_reads(small_size); break;
            case 5: corrupt(large << 8 | small_size); break;
            case 6: update_keys(); break;
            case 7: change_state(small_size); break;
        }
    }

    void server_writes(std::size_t size) {
        std::string text(size, '\0');
        for (char& c : text) c = static_cast<char>('a' + ++written_ % 23);
        const auto written = pair_.server.write(text);
        if (written) sent_ += text.substr(0, *written);
        in_transit_ += test::take_output(pair_.server);
    }

    void to_client(std::size_t size) {
        while (size != 0 && !in_transit_.empty() && !ended_) {
            const std::size_t portion = std::min<std::size_t>({size, in_transit_.size(), 10'000});
            test::feed(pair_.client, std::string_view(in_transit_).substr(0, portion));
            in_transit_.erase(0, portion);
            size -= portion;
            read_into(got_, pair_.client);
        }
    }

    void client_reads(std::size_t size) {
        std::string space(size, '\0');
        const auto step = pair_.client.read(space);
        if (step) got_.plain += space.substr(0, step->size);
    }

    void corrupt(std::size_t at) {
        if (in_transit_.empty()) return;
        char& byte = in_transit_[at % in_transit_.size()];
        byte = static_cast<char>(byte ^ 1);
        corrupted_ = true;
    }

    void update_keys() {
        SSL_key_update(pair_.server.native_handle(), SSL_KEY_UPDATE_REQUESTED);
        ERR_clear_error();  // TLS 1.2 has none
        server_writes(1);
    }

    void change_state(std::size_t what) {
        if (what % 4 == 0) {
            pair_.server.close();
            closed_ = true;
            in_transit_ += test::take_output(pair_.server);
        } else if (what % 4 == 1) {
            pair_.client.input_ended();
            ended_ = true;
        } else if (what % 4 == 2) {
            pair_.client.release_buffers();
        } else {
            pair_.client.close();
        }
    }

    engine_pair pair_;
    outcome got_;
    std::string sent_;
    std::string in_transit_;
    std::size_t written_ = 0;
    bool corrupted_ = false;
    bool closed_ = false;
    bool ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::uint8_t scene = next(input);
    switch (scene % 6) {
        case 0: give_raw_bytes(shared().client, input); break;
        case 1: give_raw_bytes(shared().server, input); break;
        case 2: change_handshake(shared().server, input); break;
        case 3: change_handshake(shared().older_server, input); break;
        case 4: session_script(shared().server).run(input.substr(0, 200)); break;
        case 5: session_script(shared().older_server).run(input.substr(0, 200)); break;
    }
    return 0;
}
