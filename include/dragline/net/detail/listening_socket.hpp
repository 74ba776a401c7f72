// Sockets that listen: how they are opened, and the file that a Unix socket leaves.
#pragma once

#include <dragline/core/platform/files.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/socket_setup.hpp>
#include <dragline/net/detail/stream_protocol.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/server_options.hpp>

#include <asio/any_io_executor.hpp>

#include <optional>
#include <string>
#include <utility>

namespace dragline::inline v1::net::detail {

using stream_place = stream_protocol::endpoint;

/// The file of a Unix socket, removed with its object as long as it is still the one that was made.
class socket_file {
public:
    socket_file() = default;
    explicit socket_file(std::string path);
    socket_file(socket_file&& other) noexcept
        : path_(std::exchange(other.path_, {})), identity_(std::exchange(other.identity_, {})) {}
    socket_file& operator=(socket_file&& other) noexcept {
        remove();
        path_ = std::exchange(other.path_, {});
        identity_ = std::exchange(other.identity_, {});
        return *this;
    }
    ~socket_file() { remove(); }

    void remove() noexcept;

private:
    std::string path_;
    std::optional<platform::file_identity> identity_;
};

struct listening_socket {
    explicit listening_socket(const asio::any_io_executor& loop) : acceptor(loop) {}

    stream_acceptor acceptor;
    socket_file file;
};

/// Listens at `place`. With `shared`, others that say so may listen there too.
DRAGLINE_DECL result<void> open_listening_socket(listening_socket& made, const stream_place& place,
                                                 const server_options& options, bool shared);

/// One more for another loop: of the same port, or the same Unix socket.
DRAGLINE_DECL result<void> open_beside(listening_socket& made, const listening_socket& first,
                                       const server_options& options);

/// The place as our users write it; empty where that cannot be.
inline endpoint written_place(const stream_place& place) {
    auto written = endpoint_of(place);
    return written ? *std::move(written) : endpoint();
}

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/listening_socket.ipp>
