// Both ends of a secure channel, and the packets between them.
#pragma once

#include <dragline/net/secure_channel/secure_channel.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::test {

inline std::string channel_key() {
    std::string key;
    for (int i = 0; i < 32; ++i) key += static_cast<char>(i);
    return key;
}

struct channel_pair {
    channel_pair(net::secure_channel_options near, net::secure_channel_options far)
        : client(net::channel_role::client, std::move(near)),
          server(net::channel_role::server, std::move(far)) {}

    net::secure_channel client;
    net::secure_channel server;
    std::function<void(std::size_t number, std::string& packet)> tamper;  ///< With packets of the handshake.
    std::vector<std::string> said;                                        ///< They, before that.
    std::error_code client_error, server_error;

    /// Carries packets to and fro until nobody has more to say.
    bool connect() {
        std::string to_server, to_client;
        client_error = client.start(to_server).error();
        server_error = server.start(to_client).error();
        while (!to_server.empty() || !to_client.empty()) {
            const bool upwards = !to_server.empty();
            auto packet = std::exchange(upwards ? to_server : to_client, {});
            said.push_back(packet);
            if (tamper) tamper(said.size() - 1, packet);
            auto& ec = upwards ? server_error : client_error;
            ec = handshake(upwards ? server : client, packet, upwards ? to_client : to_server).error();
        }
        return !client_error && !server_error && client.established() && server.established();
    }

    static result<void> handshake(net::secure_channel& to, std::string_view packet, std::string& out) {
        auto decoded = net::decode_packet(to.packets(), packet);
        return decoded ? to.handshake(*decoded, out) : result<void>(decoded.error());
    }

    static std::string seal(net::secure_channel& from, std::string_view message) {
        std::string packet;
        from.seal(message, packet).value();
        return packet;
    }

    static result<net::channel_message> open(net::secure_channel& to, std::string_view packet) {
        auto decoded = net::decode_packet(to.packets(), packet);
        return decoded ? to.open(*std::move(decoded)) : result<net::channel_message>(decoded.error());
    }
};

}  // namespace dragline::test
