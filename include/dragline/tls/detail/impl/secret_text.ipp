// Included by <dragline/tls/detail/secret_text.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <openssl/crypto.h>

namespace dragline::inline v1::tls::detail {

DRAGLINE_DECL void wipe(std::string& text) noexcept {
    if (!text.empty()) OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

DRAGLINE_DECL secret_text::secret_text(std::string text) {
    struct owner {
        std::string text;
        ~owner() { wipe(text); }
    };
    // The owner holds a copy, so that a short text leaves nothing in the string it came in.
    auto kept = std::make_shared<owner>();
    kept->text.assign(text);
    wipe(text);
    text_ = std::shared_ptr<const std::string>(kept, &kept->text);
}

}  // namespace dragline::inline v1::tls::detail

#endif
