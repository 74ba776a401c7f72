// A scripted reply as bytes: what stands on the wire for one request.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/testing/http_message.hpp>

#include <string>
#include <string_view>

namespace dragline::inline v1::testing::detail {

// The pieces that the interpreter sends in this order, and what it does then. Refers to the reply.
class http_parts {
public:
    http_parts(const http_reply& reply, const http_request& request, bool request_persistent);

    std::string_view head() const noexcept { return head_; }
    std::string_view body() const noexcept { return coded_ ? std::string_view(coded_body_) : plain_body_; }
    const std::string& endless_body() const noexcept { return endless_body_; }
    ending end() const noexcept { return end_; }

private:
    void write_head(const http_reply& reply, bool ten);
    void write_framing(const http_reply& reply);
    void code_body(const http_reply& reply);

    std::string head_;
    std::string coded_body_;
    std::string_view plain_body_;
    std::string endless_body_;
    bool coded_ = false;
    bool bodiless_ = false;
    ending end_ = ending::keep;
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/http_parts.ipp>
