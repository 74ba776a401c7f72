// Which cookies a session or a fetch keeps: none, those of a jar of its own, or those of a jar that it
// shares.
#pragma once

#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/http/cookies/cookie_jar_options.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace dragline::inline v1::http {

/// What becomes of Set-Cookie fields. Nothing is kept unless a jar is asked for, and none is shared unless
/// the same jar is given to several; see cookie_jar for the threads.
class cookie_policy {
public:
    /// Keeps none.
    cookie_policy() {}
    static cookie_policy none() { return cookie_policy(); }

    /// A jar for each session that is made with this policy, or for each fetch: its redirects then share it.
    static cookie_policy own_jar(cookie_jar_options options = cookie_jar_options()) {
        cookie_policy made;
        made.options_ = std::move(options);
        return made;
    }

    /// This jar, whoever else has it. Without one: none().
    static cookie_policy shared_jar(std::shared_ptr<cookie_jar> jar) {
        cookie_policy made;
        made.jar_ = std::move(jar);
        return made;
    }

    /// The jar to use: a new one each time, the shared one, or nullptr.
    std::shared_ptr<cookie_jar> make_jar() const {
        return options_ ? std::make_shared<cookie_jar>(*options_) : jar_;
    }

    friend bool operator==(const cookie_policy&, const cookie_policy&) = default;

private:
    std::optional<cookie_jar_options> options_;
    std::shared_ptr<cookie_jar> jar_;
};

}  // namespace dragline::http
