// The content of a request: a shared immutable handle, so that options stay cheap to copy and a retry can
// send it again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// Bytes to send, and the Content-Type that goes with them unless the request names one.
class body {
public:
    body() {}

    /// Any bytes. No Content-Type is sent when `content_type` is empty.
    explicit body(std::string bytes, std::string content_type = {})
        : content_(std::make_shared<const content>(std::move(bytes), std::move(content_type))) {}

    /// A JSON text that is already serialised.
    static body json(std::string text) { return body(std::move(text), "application/json"); }

    /// Whether there is a body at all; an empty one is sent with Content-Length: 0.
    bool has_value() const noexcept { return content_ != nullptr; }
    std::string_view bytes() const noexcept {
        return content_ ? std::string_view(content_->bytes) : std::string_view();
    }
    std::string_view content_type() const noexcept {
        return content_ ? std::string_view(content_->content_type) : std::string_view();
    }

private:
    struct content {
        content(std::string b, std::string type) : bytes(std::move(b)), content_type(std::move(type)) {}
        std::string bytes;
        std::string content_type;
    };
    std::shared_ptr<const content> content_;
};

}  // namespace dragline::http
