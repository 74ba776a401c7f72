// The TLS sessions that a client has been given, for its next connections: in OpenSSL's own terms, which Asio
// and Boost.Asio share.
#pragma once

#include <openssl/ssl.h>

#include <vector>

class tls_tickets {
public:
    explicit tls_tickets(SSL_CTX* context) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_set_ex_data(context, place(), this);
        SSL_CTX_sess_set_new_cb(context, [](SSL* connection, SSL_SESSION* ticket) {
            auto* self = static_cast<tls_tickets*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), place()));
            // A copy: OpenSSL bars the session of a connection that is freed before its close_notify.
            self->kept_.push_back(SSL_SESSION_dup(ticket));
            return 0;
        });
    }
    ~tls_tickets() {
        for (auto* each : kept_) SSL_SESSION_free(each);
    }
    tls_tickets(const tls_tickets&) = delete;
    tls_tickets& operator=(const tls_tickets&) = delete;

    void use_one(SSL* connection) {
        if (kept_.empty()) return;
        SSL_set_session(connection, kept_.back());
        SSL_SESSION_free(kept_.back());
        kept_.pop_back();
    }

private:
    static int place() {
        static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
        return index;
    }

    std::vector<SSL_SESSION*> kept_;
};
