// The test servers of Dragline in one header, made by single_include/amalgamate.py from include/dragline. Do not edit.
// Header-only as it is. To compile the bodies once, define DRAGLINE_SEPARATE_COMPILATION in the whole program,
// and DRAGLINE_SOURCE in one file before it includes this.
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <dragline/dragline.hpp>

// ---- dragline/testing.hpp
// Scripted servers with faults, throw-away certificates and a clock to turn by hand, for tests of programs
// that use Dragline. Not part of <dragline/dragline.hpp>. Start with http_server.

// ---- dragline/testing/certificate_authority.hpp
// A throw-away certificate authority, made in memory at run time, for servers under test.
// Start with `certificate_authority::issue`.


#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace dragline::inline v1::testing {

/// What a certificate shall say: by default valid from an hour ago until tomorrow, and for nobody.
class certificate_request {
public:
    using time_point = std::chrono::system_clock::time_point;

    certificate_request() {}

    /// Adds a DNS name, "*.example.com" too.
    certificate_request& name(std::string value) { return names_.push_back(std::move(value)), *this; }
    const std::vector<std::string>& names() const noexcept { return names_; }

    /// Adds an IP address, v4 or v6 without brackets.
    certificate_request& address(std::string value) { return addresses_.push_back(std::move(value)), *this; }
    const std::vector<std::string>& addresses() const noexcept { return addresses_; }

    /// The CN of the subject; by default the first name or address.
    certificate_request& common_name(std::string value) { return common_name_ = std::move(value), *this; }
    const std::string& common_name() const noexcept { return common_name_; }

    certificate_request& not_before(time_point value) { return not_before_ = value, *this; }
    time_point not_before() const noexcept { return not_before_; }
    /// time_point::max() stands for "without end", the year 9999 (RFC 5280, 4.1.2.5).
    certificate_request& not_after(time_point value) { return not_after_ = value, *this; }
    time_point not_after() const noexcept { return not_after_; }

    /// Was valid until an hour ago.
    certificate_request& expired();
    /// Will be valid tomorrow.
    certificate_request& not_yet_valid();

    /// Signed by its own key, not by the authority.
    certificate_request& self_signed(bool value = true) { return self_signed_ = value, *this; }
    bool self_signed() const noexcept { return self_signed_; }

    /// Signed by an intermediate authority, whose certificate is part of the chain.
    certificate_request& intermediate(bool value = true) { return intermediate_ = value, *this; }
    bool intermediate() const noexcept { return intermediate_; }

    /// Promises that an OCSP response is stapled (RFC 7633).
    certificate_request& must_staple(bool value = true) { return must_staple_ = value, *this; }
    bool must_staple() const noexcept { return must_staple_; }

    /// May sign OCSP responses for its issuer.
    certificate_request& ocsp_signing(bool value = true) { return ocsp_signing_ = value, *this; }
    bool ocsp_signing() const noexcept { return ocsp_signing_; }

private:
    std::vector<std::string> names_;
    std::vector<std::string> addresses_;
    std::string common_name_;
    time_point not_before_ = std::chrono::system_clock::now() - std::chrono::hours(1);
    time_point not_after_ = std::chrono::system_clock::now() + std::chrono::hours(24);
    bool self_signed_ = false;
    bool intermediate_ = false;
    bool must_staple_ = false;
    bool ocsp_signing_ = false;
};

/// A certificate with its key, as servers want them.
struct issued_certificate {
    issued_certificate() {}

    std::string chain_pem;  ///< The certificate, then the intermediate when there is one.
    std::string private_key_pem;
    std::shared_ptr<x509_st> issuer;  ///< Null when it is signed by itself.
    std::shared_ptr<evp_pkey_st> issuer_key;
};

/// A root with a P-256 key of its own, below a millisecond to make. What fails throws std::runtime_error.
class certificate_authority {
public:
    explicit certificate_authority(const std::string& common_name = "dragline test CA");

    /// The root, for client_options::ca_pem() or a CA file.
    std::string certificate_pem() const;

    issued_certificate issue(const certificate_request& request) const;

private:
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> certificate_;
};

}  // namespace dragline::inline v1::testing

// ---- dragline/testing/impl/certificate_authority.ipp
// Included by <dragline/testing/certificate_authority.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL void require_made(bool made, const char* what) {
    if (made) return;
    ERR_clear_error();
    throw std::runtime_error(std::string("certificate_authority: cannot make ") + what);
}

DRAGLINE_DECL std::shared_ptr<EVP_PKEY> make_key() {
    std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    require_made(key != nullptr, "a key");
    return key;
}

// Who signs: with no certificate, the subject signs itself.
struct signer {
    EVP_PKEY* key;
    X509* certificate;
};

class certificate_builder {
public:
    certificate_builder(EVP_PKEY* key, const std::string& common_name, signer by)
        : made_(X509_new(), X509_free), by_(by) {
        require_made(made_ != nullptr, "a certificate");
        unsigned char serial[15];
        require_made(RAND_bytes(serial, sizeof serial) == 1, "a serial number");
        serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);
        const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(serial, sizeof serial, nullptr),
                                                                BN_free);
        require_made(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made_.get())),
                     "a serial number");
        X509_set_version(made_.get(), X509_VERSION_3);
        X509_set_pubkey(made_.get(), key);
        X509_NAME* subject = X509_get_subject_name(made_.get());
        add_to_name(subject, "O", "dragline");
        add_to_name(subject, "CN", common_name);
        X509_set_issuer_name(made_.get(), by.certificate ? X509_get_subject_name(by.certificate) : subject);
    }

    void set_validity(certificate_request::time_point from, certificate_request::time_point until) {
        using clock = std::chrono::system_clock;
        ASN1_TIME* const end = X509_getm_notAfter(made_.get());
        const bool ends = until == clock::time_point::max()
                              ? ASN1_TIME_set_string(end, "99991231235959Z") == 1
                              : ASN1_TIME_set(end, clock::to_time_t(until)) != nullptr;
        require_made(ends && ASN1_TIME_set(X509_getm_notBefore(made_.get()), clock::to_time_t(from)),
                     "a validity");
    }

    void add_extension(int id, const char* value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, by_.certificate ? by_.certificate : made_.get(), made_.get(), nullptr,
                       nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
        const bool added = extension && X509_add_ext(made_.get(), extension, -1) == 1;
        X509_EXTENSION_free(extension);
        require_made(added, "an extension");
    }

    void add_alternative_names(const certificate_request& request) {
        if (request.names().empty() && request.addresses().empty()) return;
        const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all(GENERAL_NAMES_new(),
                                                                           GENERAL_NAMES_free);
        for (const std::string& text : request.names()) {
            ASN1_IA5STRING* value = ASN1_IA5STRING_new();
            ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
            push(all.get(), GEN_DNS, value);
        }
        for (const std::string& text : request.addresses()) {
            ASN1_OCTET_STRING* value = a2i_IPADDRESS(text.c_str());
            require_made(value != nullptr, "an address");
            push(all.get(), GEN_IPADD, value);
        }
        require_made(X509_add1_ext_i2d(made_.get(), NID_subject_alt_name, all.get(), 0, 0) == 1, "names");
    }

    std::shared_ptr<X509> sign() {
        require_made(X509_sign(made_.get(), by_.key, EVP_sha256()) > 0, "a signature");
        return made_;
    }

private:
    static void add_to_name(X509_NAME* name, const char* field, const std::string& value) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
        require_made(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes,
                                                static_cast<int>(value.size()), -1, 0) == 1,
                     "a subject");
    }

    static void push(GENERAL_NAMES* all, int type, void* value) {
        GENERAL_NAME* name = GENERAL_NAME_new();
        GENERAL_NAME_set0_value(name, type, value);
        sk_GENERAL_NAME_push(all, name);
    }

    std::shared_ptr<X509> made_;
    signer by_;
};

DRAGLINE_DECL std::shared_ptr<X509> make_authority(EVP_PKEY* key, const std::string& common_name, signer by) {
    certificate_builder builder(key, common_name, by);
    const auto now = std::chrono::system_clock::now();
    builder.set_validity(now - std::chrono::hours(24 * 365), now + std::chrono::hours(24 * 365));
    builder.add_extension(NID_basic_constraints, "critical,CA:TRUE");
    builder.add_extension(NID_key_usage, "critical,keyCertSign,cRLSign");
    builder.add_extension(NID_subject_key_identifier, "hash");
    return builder.sign();
}

DRAGLINE_DECL std::string take_text(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
}

DRAGLINE_DECL std::string to_pem(X509* certificate) {
    BIO* memory = BIO_new(BIO_s_mem());
    require_made(memory && PEM_write_bio_X509(memory, certificate) == 1, "PEM");
    return take_text(memory);
}

DRAGLINE_DECL std::string to_pem(EVP_PKEY* key) {
    BIO* memory = BIO_new(BIO_s_mem());
    require_made(memory && PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
                 "PEM");
    return take_text(memory);
}

}  // namespace detail

DRAGLINE_DECL certificate_request& certificate_request::expired() {
    const auto now = std::chrono::system_clock::now();
    return not_before(now - std::chrono::hours(48)).not_after(now - std::chrono::hours(1));
}

DRAGLINE_DECL certificate_request& certificate_request::not_yet_valid() {
    const auto now = std::chrono::system_clock::now();
    return not_before(now + std::chrono::hours(24)).not_after(now + std::chrono::hours(48));
}

DRAGLINE_DECL certificate_authority::certificate_authority(const std::string& common_name)
    : key_(detail::make_key()),
      certificate_(detail::make_authority(key_.get(), common_name, {key_.get(), nullptr})) {}

DRAGLINE_DECL std::string certificate_authority::certificate_pem() const {
    return detail::to_pem(certificate_.get());
}

DRAGLINE_DECL issued_certificate certificate_authority::issue(const certificate_request& request) const {
    const auto key = detail::make_key();
    detail::signer by{key_.get(), certificate_.get()};
    std::shared_ptr<EVP_PKEY> intermediate_key;
    std::shared_ptr<X509> intermediate;
    if (request.self_signed()) {
        by = {key.get(), nullptr};
    } else if (request.intermediate()) {
        intermediate_key = detail::make_key();
        intermediate = detail::make_authority(intermediate_key.get(), "dragline test intermediate", by);
        by = {intermediate_key.get(), intermediate.get()};
    }

    std::string common_name = request.common_name();
    if (common_name.empty() && !request.names().empty()) common_name = request.names().front();
    if (common_name.empty() && !request.addresses().empty()) common_name = request.addresses().front();
    if (common_name.empty()) common_name = "nobody";
    detail::certificate_builder builder(key.get(), common_name, by);
    builder.set_validity(request.not_before(), request.not_after());
    builder.add_extension(NID_basic_constraints, "critical,CA:FALSE");
    builder.add_extension(NID_key_usage, "critical,digitalSignature");
    builder.add_extension(NID_ext_key_usage,
                          request.ocsp_signing() ? "OCSPSigning" : "serverAuth,clientAuth");
    if (request.must_staple()) builder.add_extension(NID_tlsfeature, "status_request");
    // Tells authorities of the same name apart.
    if (by.certificate) builder.add_extension(NID_authority_key_identifier, "keyid:always");
    builder.add_alternative_names(request);

    issued_certificate issued;
    issued.chain_pem = detail::to_pem(builder.sign().get());
    if (intermediate) issued.chain_pem += detail::to_pem(intermediate.get());
    issued.private_key_pem = detail::to_pem(key.get());
    if (by.certificate) {
        issued.issuer = intermediate ? intermediate : certificate_;
        issued.issuer_key = intermediate ? intermediate_key : key_;
    }
    return issued;
}

}  // namespace dragline::inline v1::testing

#endif
// ---- dragline/testing/dns_message.hpp
// What a scripted DNS server receives and what it answers. Start with dns_reply: data with chainable setters,
// from the plain truth to a forged answer that comes before it.

// ---- dragline/testing/script.hpp
// What a scripted server does about one path or name: a reply, several in turn, or a function.
// Start with http_script in http_message.hpp and dns_script in dns_message.hpp.

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing {

/// Made where one is expected: `server.on("/", http_reply().body("hello"))`. Copies share their place in the
/// sequence.
template <class Request, class Reply>
class script {
public:
    /// The same reply every time.
    script(Reply reply) : state_(std::make_shared<state>()) { add(std::move(reply)); }

    /// One after the other, whoever asks; the last one repeats.
    script(std::vector<Reply> replies) : state_(std::make_shared<state>()) {
        if (replies.empty()) add(Reply::failure("a script without replies"));
        for (auto& reply : replies) add(std::move(reply));
    }

    /// Computed from the request, on the thread of the server. What it throws becomes Reply::failure(text).
    template <class Handler>
    requires(!std::same_as<Handler, script> && std::is_invocable_r_v<Reply, Handler&, const Request&>)
        script(Handler handler)
        : state_(std::make_shared<state>()) {
        state_->handler = std::move(handler);
    }

    /// The next reply of the sequence; nullptr where a function decides.
    std::shared_ptr<const Reply> next() const {
        const auto& replies = state_->replies;
        if (replies.empty()) return nullptr;
        return replies[std::min(state_->used++, replies.size() - 1)];
    }

    /// What the function says; only where next() gave nothing.
    std::shared_ptr<const Reply> call(const Request& request) const {
        try {
            return std::make_shared<const Reply>(state_->handler(request));
        } catch (const std::exception& failure) {
            return std::make_shared<const Reply>(Reply::failure(failure.what()));
        } catch (...) {
            return std::make_shared<const Reply>(Reply::failure("a script threw"));
        }
    }

private:
    struct state {
        std::vector<std::shared_ptr<const Reply>> replies;
        std::atomic<std::size_t> used = 0;
        std::function<Reply(const Request&)> handler;
    };

    void add(Reply reply) { state_->replies.push_back(std::make_shared<const Reply>(std::move(reply))); }

    std::shared_ptr<state> state_;
};

}  // namespace dragline::testing

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing {

enum class dns_transport { udp, tcp };

/// A query as it arrived.
struct dns_query {
    dns::wire::message message;
    std::vector<std::uint8_t> bytes;
    dns_transport transport = dns_transport::udp;
    std::string peer_address;   ///< "127.0.0.1:5353"
    std::uint64_t attempt = 0;  ///< How often this name and type have been asked for: 1, 2, ...

    dns_query() {}

    /// In the case it was sent in.
    const std::string& name() const { return message.questions.front().name; }
    dns::record_type type() const { return message.questions.front().type; }
};

/// A record whose data is given as text, as dns::parse_record_data() reads it: an address, "10 mail.example"
/// (MX),
/// "\# 2 ABCD" (any type). But the value of TXT is one string as it is, and that of CNAME, NS, PTR and DNAME
/// one name, whatever characters it has.
///
/// Throws std::invalid_argument when the text does not fit the type or a name cannot exist.
DRAGLINE_DECL dns::record make_record(std::string_view owner, dns::record_type type, std::string_view value,
                                      std::chrono::seconds ttl = std::chrono::seconds(60));

/// One answer of a dns_server, faults included. Without a setter it is the truth: what the records say.
///
///     The order of events: delay, forged answer, genuine_after, answer, duplicates.
///
/// An answer with a wrong id, question or port is forged: it claims the address 192.0.2.66 or 2001:db8::66,
/// and is the only one unless genuine_after() is given. Durations are real time.
class dns_reply {
public:
    using duration = std::chrono::milliseconds;
    enum class damage {
        none,
        garbage,           ///< The right id, then noise.
        compression_loop,  ///< A name that points to itself.
    };

    dns_reply() {}
    explicit dns_reply(dns::rcode code) : code_(code) {}

    /// SERVFAIL, with the text in a TXT record beside it.
    static dns_reply failure(const std::string& text);

    /// Records instead of the truth, for the name that is asked for.
    dns_reply& answer(dns::record_type type, const std::vector<std::string>& values,
                      std::chrono::seconds ttl = std::chrono::seconds(60));
    /// One more record, of whatever owner.
    dns_reply& answer(dns::record entry);

    /// This verdict, and no records but those of answer().
    dns_reply& code(dns::rcode value) { return code_ = value, *this; }

    /// The TTL and minimum of the SOA in a negative answer; by default those of the server.
    dns_reply& negative_ttl(std::chrono::seconds time) { return negative_ttl_ = time, *this; }
    dns_reply& no_soa() { return no_soa_ = true, *this; }

    dns_reply& silent() { return silent_ = true, *this; }
    /// Silent for the first `count` queries for a name and type.
    dns_reply& after_tries(std::uint64_t count) { return after_tries_ = count, *this; }
    /// Over TCP, closes instead of answering.
    dns_reply& close_tcp() { return close_tcp_ = true, *this; }
    dns_reply& delay(duration time) { return delay_ = time, *this; }
    /// So many copies besides the first.
    dns_reply& duplicates(std::size_t count) { return duplicates_ = count, *this; }

    dns_reply& wrong_id() { return wrong_id_ = true, *this; }
    dns_reply& wrong_question() { return wrong_question_ = true, *this; }
    /// Over UDP, from another source port.
    dns_reply& other_port() { return other_port_ = true, *this; }
    dns_reply& genuine_after(duration time) { return genuine_after_ = time, *this; }

    /// Over UDP, TC and no records; over TCP, whole.
    dns_reply& truncated() { return truncated_ = true, *this; }
    /// No OPT record, as from a server that knows no EDNS.
    dns_reply& no_extension() { return no_extension_ = true, *this; }
    /// The message breaks off after so many bytes.
    dns_reply& cut(std::size_t size) { return cut_ = size, *this; }
    dns_reply& garbage(std::size_t size = 64) { return damage_ = damage::garbage, cut(size); }
    dns_reply& compression_loop() { return damage_ = damage::compression_loop, *this; }
    dns_reply& raw(std::vector<std::uint8_t> bytes) { return raw_ = std::move(bytes), *this; }

    const std::vector<dns::record>& records() const noexcept { return records_; }
    const std::optional<dns::rcode>& code() const noexcept { return code_; }
    const std::optional<std::chrono::seconds>& negative_ttl() const noexcept { return negative_ttl_; }
    bool has_soa() const noexcept { return !no_soa_; }
    bool is_silent() const noexcept { return silent_; }
    std::uint64_t after_tries() const noexcept { return after_tries_; }
    bool closes_tcp() const noexcept { return close_tcp_; }
    duration delay() const noexcept { return delay_; }
    std::size_t duplicates() const noexcept { return duplicates_; }
    bool has_wrong_id() const noexcept { return wrong_id_; }
    bool has_wrong_question() const noexcept { return wrong_question_; }
    bool is_from_other_port() const noexcept { return other_port_; }
    bool is_forged() const noexcept { return wrong_id_ || wrong_question_ || other_port_; }
    const std::optional<duration>& genuine_after() const noexcept { return genuine_after_; }
    bool is_truncated() const noexcept { return truncated_; }
    bool has_extension() const noexcept { return !no_extension_; }
    const std::optional<std::size_t>& cut() const noexcept { return cut_; }
    damage damaged() const noexcept { return damage_; }
    const std::optional<std::vector<std::uint8_t>>& raw() const noexcept { return raw_; }

private:
    std::vector<dns::record> records_;
    std::optional<dns::rcode> code_;
    std::optional<std::chrono::seconds> negative_ttl_;
    bool no_soa_ = false;
    bool silent_ = false;
    std::uint64_t after_tries_ = 0;
    bool close_tcp_ = false;
    duration delay_{0};
    std::size_t duplicates_ = 0;
    bool wrong_id_ = false;
    bool wrong_question_ = false;
    bool other_port_ = false;
    std::optional<duration> genuine_after_;
    bool truncated_ = false;
    bool no_extension_ = false;
    std::optional<std::size_t> cut_;
    damage damage_ = damage::none;
    std::optional<std::vector<std::uint8_t>> raw_;
};

/// What a dns_server does about a name: a dns_reply, a std::vector of them, or a function of the query.
using dns_script = script<dns_query, dns_reply>;

}  // namespace dragline::testing

// ---- dragline/testing/impl/dns_message.ipp
// Included by <dragline/testing/dns_message.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <stdexcept>
#include <system_error>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL std::string checked_name(std::string_view name) {
    std::vector<std::uint8_t> ignored;
    if (const auto ec = dns::wire::encode_name(name, ignored)) {
        throw std::invalid_argument("make_record: " + ec.message() + ": " + std::string(name));
    }
    return std::string(name);
}

DRAGLINE_DECL dns::record_data parse_data(dns::record_type type, std::string_view value) {
    using enum dns::record_type;
    if (type == txt) return dns::txt_record(std::vector<std::string>{std::string(value)});
    // Whatever can be a name, also what a master file would take for something else.
    if (type == cname) return dns::cname_record(checked_name(value));
    if (type == ns) return dns::ns_record(checked_name(value));
    if (type == ptr) return dns::ptr_record(checked_name(value));
    if (type == dname) return dns::dname_record(checked_name(value));
    auto data = dns::parse_record_data(type, value);
    if (data) return *std::move(data);
    throw std::invalid_argument("make_record: no data of type " + dns::to_string(type) + ": " +
                                std::string(value) + ": " + data.error().message());
}

}  // namespace detail

DRAGLINE_DECL dns::record make_record(std::string_view owner, dns::record_type type, std::string_view value,
                                      std::chrono::seconds ttl) {
    dns::record out;
    out.name = detail::checked_name(owner);
    out.type = type;
    out.ttl = static_cast<std::uint32_t>(ttl.count());
    out.data = detail::parse_data(type, value);
    return out;
}

DRAGLINE_DECL dns_reply dns_reply::failure(const std::string& text) {
    dns_reply reply(dns::rcode::server_failure);
    reply.answer(make_record("failure.test", dns::record_type::txt, text.substr(0, 255)));
    return reply;
}

DRAGLINE_DECL dns_reply& dns_reply::answer(dns::record_type type, const std::vector<std::string>& values,
                                           std::chrono::seconds ttl) {
    for (const auto& value : values) {
        records_.push_back(make_record(".", type, value, ttl));
        records_.back().name.clear();  // the name that will be asked for
    }
    return *this;
}

DRAGLINE_DECL dns_reply& dns_reply::answer(dns::record entry) {
    records_.push_back(std::move(entry));
    return *this;
}

}  // namespace dragline::testing

#endif
// ---- dragline/testing/dns_server.hpp
// A scripted DNS server on loopback, UDP and TCP, on a thread of its own. Start with dns_server.


#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/udp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::testing {

namespace detail {
class dns_server_state;
}

/// Answers queries from its records, or as a script says, and keeps a log of them.
///
///     dns_server server;
///     server.host("a.test", {"127.0.0.2", "::1"}).alias("www.a.test", "a.test");
///     server.on("a.test", record_type::aaaa, dns_reply().silent());
///
/// It speaks for every name there is: one without records is NXDOMAIN, with SOA. Wildcards follow RFC 4592.
/// UDP answers larger than the client takes are truncated. Runs until it is destroyed.
///
/// Threads: every member function may be called on any thread, at any time.
class dns_server {
public:
    using duration = std::chrono::milliseconds;
    using seconds = std::chrono::seconds;

    /// Takes a port of `where` for both UDP and TCP; 0 is a free one. Throws std::system_error.
    explicit dns_server(const asio::ip::address& where = asio::ip::address_v4::loopback(),
                        std::uint16_t port = 0);
    ~dns_server();
    dns_server(const dns_server&) = delete;
    dns_server& operator=(const dns_server&) = delete;

    /// Listens on one more address and returns the place.
    asio::ip::udp::endpoint listen(const asio::ip::address& where, std::uint16_t port = 0);

    /// The first place, and how a resolver is told of it: "127.0.0.1:5353", "[::1]:5353".
    asio::ip::udp::endpoint endpoint() const;
    std::uint16_t port() const { return endpoint().port(); }
    std::string to_string() const;

    /// Records of one name and type, in place of those it had; values as make_record() reads them.
    dns_server& answer(std::string_view name, dns::record_type type, const std::vector<std::string>& values,
                       seconds ttl = seconds(60));
    dns_server& answer(dns::record entry);  ///< Adds one record.

    /// A and AAAA records; where none of a kind is given, there is none of it.
    dns_server& host(std::string_view name, const std::vector<std::string>& addresses,
                     seconds ttl = seconds(60));
    dns_server& alias(std::string_view name, std::string_view target, seconds ttl = seconds(60));

    /// PTR records of an address.
    dns_server& pointer(const asio::ip::address& address, const std::vector<std::string>& names,
                        seconds ttl = seconds(60));

    /// A name that exists and has no records: NOERROR without data.
    dns_server& empty(std::string_view name);

    /// How queries for a name are answered, whatever its records say; for one type, or for all.
    ///
    /// "*.test" stands for all names below test that have no script of their own, "*" for all names.
    dns_server& on(std::string_view name, dns_script script);
    dns_server& on(std::string_view name, dns::record_type type, dns_script script);

    /// As on("*", ...): a function of the query, say, that returns dns_reply() for the truth.
    dns_server& on_query(dns_script script);

    /// The TTL and minimum of the SOA in negative answers; 60 s.
    dns_server& negative_ttl(seconds ttl);

    std::vector<dns_query> queries() const;
    std::size_t query_count() const;
    std::size_t query_count(std::string_view name) const;
    std::size_t query_count(std::string_view name, dns::record_type type) const;
    std::size_t query_count(dns_transport transport) const;
    std::size_t malformed_queries() const;  ///< What was no query; not answered.
    void clear_queries();                   ///< The counts of malformed ones and of attempts stay.

    /// False when fewer queries have come at the end of the time.
    bool wait_for_queries(std::size_t count, duration limit = std::chrono::seconds(10)) const;

private:
    std::unique_ptr<detail::dns_server_state> state_;
};

}  // namespace dragline::testing

// ---- dragline/testing/impl/dns_server.ipp
// Included by <dragline/testing/dns_server.hpp> only.

// ---- dragline/testing/detail/dns_server_state.hpp
// What a dns_server holds, and its coroutines that receive queries and send answers.

// ---- dragline/testing/detail/dns_plan.hpp
// Which packets answer a query, and when: a scripted reply as bytes.

// ---- dragline/testing/detail/dns_zone.hpp
// The records of a scripted DNS server, and the truth about a question.


#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::testing::detail {

/// The name above: "example" for "www.example", "" for "example".
DRAGLINE_DECL std::string_view parent_of(std::string_view name) noexcept;

// As one answers who serves every name there is: wildcards as RFC 4592 has them, aliases followed.
class dns_zone {
public:
    struct truth {
        dns::rcode code = dns::rcode::no_error;
        std::vector<dns::record> records;
        bool negative = false;  // NXDOMAIN or no data, perhaps behind aliases
    };

    // Takes the place of the records of this name and type.
    void replace(std::string_view name, dns::record_type type, std::vector<dns::record> records);
    void add(dns::record entry);

    // The name exists, with or without records.
    void touch(std::string_view name);

    truth look_up(const dns::question& asked) const;

private:
    using node = std::vector<dns::record>;
    node& at(std::string_view name);
    const node* find(const std::string& name) const;

    std::map<std::string, node, std::less<>> names_;  // lower-case; with every name above them, perhaps empty
};

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/dns_zone.ipp
// Included by <dragline/testing/detail/dns_zone.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <set>
#include <utility>

namespace dragline::inline v1::testing::detail {

DRAGLINE_DECL std::string_view parent_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '.') return name.substr(i + 1);
        if (name[i] == '\\') ++i;  // what follows belongs to the label
    }
    return {};
}

DRAGLINE_DECL std::string key_of(std::string_view name) {
    std::string key = ascii::to_lower(name);
    if (key.size() > 1 && key.ends_with('.')) key.pop_back();
    return key;
}

DRAGLINE_DECL dns_zone::node& dns_zone::at(std::string_view name) {
    const std::string key = key_of(name);
    for (std::string_view above = parent_of(key); !above.empty(); above = parent_of(above)) {
        names_.try_emplace(std::string(above));
    }
    return names_[key];
}

DRAGLINE_DECL void dns_zone::replace(std::string_view name, dns::record_type type,
                                     std::vector<dns::record> records) {
    auto& place = at(name);
    std::erase_if(place, [&](const dns::record& one) { return one.type == type; });
    std::move(records.begin(), records.end(), std::back_inserter(place));
}

DRAGLINE_DECL void dns_zone::add(dns::record entry) {
    auto& place = at(entry.name);
    place.push_back(std::move(entry));
}

DRAGLINE_DECL void dns_zone::touch(std::string_view name) { at(name); }

DRAGLINE_DECL const dns_zone::node* dns_zone::find(const std::string& name) const {
    if (const auto exact = names_.find(name); exact != names_.end()) return &exact->second;
    std::string_view encloser = parent_of(name);
    while (!encloser.empty() && !names_.contains(encloser)) encloser = parent_of(encloser);
    const auto wildcard = names_.find(encloser.empty() ? "*" : "*." + std::string(encloser));
    return wildcard == names_.end() ? nullptr : &wildcard->second;
}

DRAGLINE_DECL dns_zone::truth dns_zone::look_up(const dns::question& asked) const {
    truth out;
    std::string name = asked.name;
    std::set<std::string> seen;
    while (seen.insert(key_of(name)).second) {
        const node* place = find(key_of(name));
        out.negative = true;
        if (!place) {
            out.code = dns::rcode::name_not_found;
            return out;
        }
        const dns::cname_record* alias = nullptr;
        const std::string owner = name;
        for (const auto& entry : *place) {
            const bool wanted = asked.type == entry.type || asked.type == dns::record_type::any;
            if (!wanted && entry.type != dns::record_type::cname) continue;
            if (!wanted) alias = entry.get<dns::cname_record>();
            out.records.push_back(entry);
            out.records.back().name = owner;
            if (wanted) out.negative = false;
        }
        if (!alias || !out.negative) return out;
        name = alias->name;
    }
    out.negative = false;  // aliases in a circle: there is nothing to say about their end
    return out;
}

}  // namespace dragline::testing::detail

#endif

#include <chrono>
#include <cstdint>
#include <vector>

namespace dragline::inline v1::testing::detail {

struct dns_packet {
    std::vector<std::uint8_t> bytes;
    std::chrono::milliseconds after{0};  // the packet before
    bool other_port = false;
};

/// What goes out for a query; nothing where the server keeps silent.
DRAGLINE_DECL std::vector<dns_packet> plan_answer(const dns_query& query, const dns_reply& reply,
                                                  dns_zone::truth truth, std::chrono::seconds negative_ttl);

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/dns_plan.ipp
// Included by <dragline/testing/detail/dns_plan.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::testing::detail {

using dns::wire::message;

DRAGLINE_DECL void add_soa(message& response, std::chrono::seconds ttl) {
    const auto seconds = static_cast<std::uint32_t>(ttl.count());
    response.authorities.emplace_back(".", seconds, dns::soa_record("ns.test", "hostmaster.test", seconds));
}

DRAGLINE_DECL message make_answer(const dns_query& query, const dns_reply& reply, dns_zone::truth truth,
                                  std::chrono::seconds negative_ttl) {
    message response = dns::wire::make_response(query.message, truth.code);
    response.recursion_available = true;
    bool negative = truth.negative;
    if (reply.code() || !reply.records().empty()) {
        response.code = reply.code().value_or(dns::rcode::no_error);
        response.answers = reply.records();
        for (auto& entry : response.answers) {
            if (entry.name.empty()) entry.name = query.name();
        }
        negative = response.code == dns::rcode::name_not_found ||
                   (response.code == dns::rcode::no_error && response.answers.empty());
    } else {
        response.answers = std::move(truth.records);
    }
    if (negative && reply.has_soa()) add_soa(response, reply.negative_ttl().value_or(negative_ttl));
    if (!reply.has_extension()) response.extension.reset();
    if (static_cast<unsigned>(response.code) > 15) response.extension.emplace();
    return response;
}

DRAGLINE_DECL void forge(message& response, const dns_query& query, const dns_reply& reply) {
    response.code = dns::rcode::no_error;
    response.authorities.clear();
    response.answers.clear();
    const bool six = query.type() == dns::record_type::aaaa;
    response.answers.push_back(make_record(query.name(), six ? dns::record_type::aaaa : dns::record_type::a,
                                           six ? "2001:db8::66" : "192.0.2.66"));
    if (reply.has_wrong_id()) response.id ^= 0x5555;
    if (reply.has_wrong_question()) {
        response.questions.front().name = "wrong.test";
        response.answers.front().name = "wrong.test";
    }
}

DRAGLINE_DECL std::vector<std::uint8_t> encode_answer(message response, const dns_query& query,
                                                      const dns_reply& reply) {
    std::size_t room = dns::wire::max_message_size;
    if (query.transport == dns_transport::udp) {
        room = query.message.extension ? std::max<std::size_t>(query.message.extension->udp_size, 512) : 512;
    }
    auto bytes = dns::wire::encode_message(response, room);
    const bool wants_truncation = reply.is_truncated() && query.transport == dns_transport::udp;
    if (wants_truncation || bytes.error() == dns::errc::message_too_long) {
        response.truncated = true;
        response.answers.clear();
        response.authorities.clear();
        bytes = dns::wire::encode_message(response, room);
    }
    if (!bytes) {  // a script that cannot be told
        bytes =
            dns::wire::encode_message(dns::wire::make_response(query.message, dns::rcode::server_failure));
    }
    return *std::move(bytes);
}

// A header that promises one answer, the question, and an answer whose name is a pointer to itself.
DRAGLINE_DECL std::vector<std::uint8_t> encode_loop(const dns_query& query) {
    message response = dns::wire::make_response(query.message);
    response.extension.reset();
    auto bytes = *dns::wire::encode_message(response);
    const auto pointer = static_cast<std::uint16_t>(0xc000 | bytes.size());
    store_big16(&bytes[6], 1);
    const std::size_t start = bytes.size();
    bytes.resize(start + 16);
    store_big16(&bytes[start], pointer);
    store_big16(&bytes[start + 2], static_cast<std::uint16_t>(dns::record_type::a));
    store_big16(&bytes[start + 4], 1);
    store_big32(&bytes[start + 6], 60);
    store_big16(&bytes[start + 10], 4);
    return bytes;
}

DRAGLINE_DECL void damage(std::vector<std::uint8_t>& bytes, const dns_query& query, const dns_reply& reply) {
    if (reply.raw()) bytes = *reply.raw();
    if (reply.damaged() == dns_reply::damage::compression_loop) bytes = encode_loop(query);
    if (reply.damaged() == dns_reply::damage::garbage) {
        bytes.resize(std::max<std::size_t>(*reply.cut(), 2));
        for (std::size_t i = 2; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(0xa5 + 151 * i);
    }
    if (reply.cut() && *reply.cut() < bytes.size()) bytes.resize(*reply.cut());
}

DRAGLINE_DECL std::vector<dns_packet> plan_answer(const dns_query& query, const dns_reply& reply,
                                                  dns_zone::truth truth, std::chrono::seconds negative_ttl) {
    std::vector<dns_packet> packets;
    if (reply.is_silent() || query.attempt <= reply.after_tries()) return packets;
    const message response = make_answer(query, reply, std::move(truth), negative_ttl);
    if (reply.is_forged()) {
        message forged = response;
        forge(forged, query, reply);
        auto& packet = packets.emplace_back();
        packet.bytes = encode_answer(std::move(forged), query, reply);
        packet.other_port = reply.is_from_other_port();
    }
    if (!reply.is_forged() || reply.genuine_after()) {
        auto& packet = packets.emplace_back();
        packet.bytes = encode_answer(response, query, reply);
        damage(packet.bytes, query, reply);
        packet.after = reply.genuine_after().value_or(std::chrono::milliseconds(0));
    }
    for (std::size_t i = 0; i < reply.duplicates(); ++i) {
        packets.push_back(packets.back());
        packets.back().after = std::chrono::milliseconds(0);
    }
    packets.front().after += reply.delay();
    return packets;
}

}  // namespace dragline::testing::detail

#endif
// ---- dragline/testing/detail/event_log.hpp
// What a scripted server saw, for any thread to read and to wait for.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing::detail {

template <class Entry, class Counts>
class event_log {
public:
    std::vector<Entry> entries() const {
        std::lock_guard lock(mutex_);
        return entries_;
    }
    std::size_t size() const {
        std::lock_guard lock(mutex_);
        return entries_.size();
    }
    template <class Wanted>
    std::size_t count_if(Wanted wanted) const {
        std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), wanted));
    }
    Counts counts() const {
        std::lock_guard lock(mutex_);
        return counts_;
    }
    void clear() {
        std::lock_guard lock(mutex_);
        entries_.clear();
    }

    void add(Entry entry) {
        std::lock_guard lock(mutex_);
        entries_.push_back(std::move(entry));
        changed_.notify_all();
    }

    // Returns change(counts).
    template <class Change>
    auto update(Change change) {
        std::lock_guard lock(mutex_);
        changed_.notify_all();
        return change(counts_);
    }

    // Until met(entries, counts); false when the time is over before.
    template <class Condition>
    bool wait(std::chrono::milliseconds limit, Condition met) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [&] { return met(entries_, counts_); });
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Entry> entries_;
    Counts counts_;
};

}  // namespace dragline::testing::detail
// ---- dragline/testing/detail/server_thread.hpp
// The thread and event loop of one scripted server.


#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <thread>

namespace dragline::inline v1::testing::detail {

// The last member of whatever its coroutines refer to: it is destroyed first, and with it every suspended
// coroutine.
class server_thread {
public:
    server_thread() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
    ~server_thread() {
        context_.stop();
        thread_.join();
    }
    server_thread(const server_thread&) = delete;
    server_thread& operator=(const server_thread&) = delete;

    asio::io_context& context() noexcept { return context_; }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::thread thread_;
};

}  // namespace dragline::testing::detail

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing::detail {

struct dns_counts {
    std::size_t malformed = 0;
    std::map<std::pair<std::string, dns::record_type>, std::uint64_t> attempts;
};

class dns_server_state {
public:
    event_log<dns_query, dns_counts> log;

    asio::ip::udp::endpoint listen(const asio::ip::address& where, std::uint16_t port);
    asio::ip::udp::endpoint first_place() const;

    // Calls change(zone) under the lock.
    template <class Change>
    void change_zone(Change change) {
        std::lock_guard lock(mutex_);
        change(zone_);
    }
    void add_script(std::string_view name, std::optional<dns::record_type> type, dns_script script);
    void set_negative_ttl(std::chrono::seconds ttl);

private:
    struct listener;
    // What to send, and whether the TCP connection then ends.
    struct response {
        std::vector<dns_packet> packets;
        bool close = false;
    };

    asio::awaitable<asio::ip::udp::endpoint> open(asio::ip::address where, std::uint16_t port);
    asio::awaitable<void> receive_all(std::shared_ptr<listener> from);
    asio::awaitable<void> accept_all(std::shared_ptr<listener> from);
    asio::awaitable<void> serve(asio::ip::tcp::socket socket);
    asio::awaitable<void> send(const listener& from, const dns_packet& packet, asio::ip::udp::endpoint to);
    asio::awaitable<void> send_later(std::shared_ptr<listener> from, asio::ip::udp::endpoint to,
                                     std::vector<dns_packet> packets);
    response respond(byte_view bytes, dns_transport transport, std::string peer);
    std::optional<dns_script> find_script(const dns_query& query) const;

    mutable std::mutex mutex_;
    dns_zone zone_;
    std::map<std::pair<std::string, std::optional<dns::record_type>>, dns_script> scripts_;
    std::chrono::seconds negative_ttl_{60};
    std::vector<asio::ip::udp::endpoint> places_;
    server_thread thread_;  // last: its coroutines use what stands above
};

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/dns_server_state.ipp
// Included by <dragline/testing/detail/dns_server_state.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>

#include <array>
#include <sstream>
#include <system_error>

namespace dragline::inline v1::testing::detail {

struct dns_server_state::listener {
    listener(net::datagram opened, asio::io_context& on) : datagrams(std::move(opened)), acceptor(on) {
        const auto place = datagrams.local_endpoint();
        acceptor.open(place.address().is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(asio::ip::tcp::endpoint(place.address(), place.port()));
        acceptor.listen();
    }

    net::datagram datagrams;
    asio::ip::tcp::acceptor acceptor;
};

DRAGLINE_DECL asio::awaitable<asio::ip::udp::endpoint> dns_server_state::open(asio::ip::address where,
                                                                              std::uint16_t port) {
    const auto options = net::datagram_options().receive_buffer(1024 * 1024).timeout(no_limit);
    std::shared_ptr<listener> made;
    for (int tries = 1; !made; ++tries) {
        auto opening = net::open_datagram(thread_.context(), net::endpoint(where, port), options);
        auto opened = co_await std::move(opening);
        try {
            made = std::make_shared<listener>(std::move(opened), thread_.context());
        } catch (const std::system_error& failure) {
            // The port that UDP got may be taken for TCP; another one will do.
            if (port != 0 || tries == 20 || failure.code() != asio::error::address_in_use) throw;
        }
    }
    asio::co_spawn(thread_.context(), receive_all(made), asio::detached);
    asio::co_spawn(thread_.context(), accept_all(made), asio::detached);
    co_return made->datagrams.local_endpoint();
}

DRAGLINE_DECL asio::ip::udp::endpoint dns_server_state::listen(const asio::ip::address& where,
                                                               std::uint16_t port) {
    const auto place = asio::co_spawn(thread_.context(), open(where, port), asio::use_future).get();
    std::lock_guard lock(mutex_);
    places_.push_back(place);
    return place;
}

DRAGLINE_DECL asio::ip::udp::endpoint dns_server_state::first_place() const {
    std::lock_guard lock(mutex_);
    return places_.front();
}

DRAGLINE_DECL void dns_server_state::add_script(std::string_view name, std::optional<dns::record_type> type,
                                                dns_script script) {
    std::lock_guard lock(mutex_);
    scripts_.insert_or_assign({key_of(name), type}, std::move(script));
}

DRAGLINE_DECL void dns_server_state::set_negative_ttl(std::chrono::seconds ttl) {
    std::lock_guard lock(mutex_);
    negative_ttl_ = ttl;
}

// The name itself, the patterns above it from the nearest on, "*".
DRAGLINE_DECL std::optional<dns_script> dns_server_state::find_script(const dns_query& query) const {
    std::string pattern = key_of(query.name());
    std::string_view above = query.name();
    std::lock_guard lock(mutex_);
    for (;;) {
        for (const std::optional<dns::record_type> type : {std::optional(query.type()), {}}) {
            const auto found = scripts_.find({pattern, type});
            if (found != scripts_.end()) return found->second;
        }
        if (pattern == "*") return std::nullopt;
        above = parent_of(above);
        pattern = above.empty() ? "*" : "*." + key_of(above);
    }
}

DRAGLINE_DECL dns_server_state::response dns_server_state::respond(byte_view bytes, dns_transport transport,
                                                                   std::string peer) {
    auto decoded = dns::wire::decode_message(bytes);
    if (!decoded || decoded->response || decoded->questions.size() != 1) {
        log.update([](dns_counts& counts) { ++counts.malformed; });
        return {};
    }
    dns_query query;
    query.message = *std::move(decoded);
    query.bytes.assign(bytes.begin(), bytes.end());
    query.transport = transport;
    query.peer_address = std::move(peer);
    query.attempt = log.update([&](dns_counts& counts) {
        return ++counts.attempts[{key_of(query.name()), query.type()}];
    });
    log.add(query);

    std::shared_ptr<const dns_reply> reply;
    if (const auto script = find_script(query)) {
        reply = script->next();
        if (!reply) reply = script->call(query);
    } else {
        reply = std::make_shared<const dns_reply>();
    }
    std::lock_guard lock(mutex_);
    response out;
    out.close = reply->closes_tcp();
    if (out.close && transport == dns_transport::tcp) return out;
    out.packets = plan_answer(query, *reply, zone_.look_up(query.message.questions.front()), negative_ttl_);
    return out;
}

template <class Endpoint>
std::string place_text(const Endpoint& place) {
    std::ostringstream text;
    text << place;
    return text.str();
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::receive_all(std::shared_ptr<listener> from) {
    for (;;) {
        const auto [ec, got] = co_await from->datagrams.receive_from(dragline::as_tuple(asio::use_awaitable));
        if (ec) continue;  // a client that is gone: its port was unreachable
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(got.bytes.data());
        auto answer = respond(byte_view(bytes, got.bytes.size()), dns_transport::udp, place_text(got.sender));
        if (answer.packets.empty()) continue;
        const auto& first = answer.packets.front();
        if (answer.packets.size() == 1 && first.after.count() == 0 && !first.other_port) {
            co_await send(*from, first, got.sender);
            continue;
        }
        asio::co_spawn(thread_.context(), send_later(from, got.sender, std::move(answer.packets)),
                       asio::detached);
    }
}

// One that cannot be sent is lost, as datagrams are.
DRAGLINE_DECL asio::awaitable<void> dns_server_state::send(const listener& from, const dns_packet& packet,
                                                           asio::ip::udp::endpoint to) {
    std::string bytes(packet.bytes.begin(), packet.bytes.end());
    if (!packet.other_port) {
        co_await from.datagrams.send_to(std::move(bytes), to, dragline::as_tuple(asio::use_awaitable));
        co_return;
    }
    const net::endpoint same_host(from.datagrams.local_endpoint().address(), 0);
    auto opening = net::open_datagram(thread_.context(), same_host);
    const auto other = co_await std::move(opening);
    co_await other.send_to(std::move(bytes), to, dragline::as_tuple(asio::use_awaitable));
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::send_later(std::shared_ptr<listener> from,
                                                                 asio::ip::udp::endpoint to,
                                                                 std::vector<dns_packet> packets) {
    asio::steady_timer timer(thread_.context());
    for (const auto& packet : packets) {
        if (packet.after.count() > 0) {
            timer.expires_after(packet.after);
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
        }
        co_await send(*from, packet, to);
    }
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::accept_all(std::shared_ptr<listener> from) {
    for (;;) {
        auto [ec, socket] = co_await from->acceptor.async_accept(dragline::as_tuple(asio::use_awaitable));
        if (ec) {  // out of descriptors, say: others may end meanwhile
            asio::steady_timer timer(thread_.context(), std::chrono::milliseconds(10));
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
            continue;
        }
        asio::co_spawn(thread_.context(), serve(std::move(socket)), asio::detached);
    }
}

DRAGLINE_DECL asio::awaitable<void> dns_server_state::serve(asio::ip::tcp::socket socket) {
    std::error_code ignored;
    const std::string peer = place_text(socket.remote_endpoint(ignored));
    asio::steady_timer timer(thread_.context());
    std::vector<std::uint8_t> bytes;
    for (;;) {
        bytes.resize(2);
        const auto [no_size, got_size] =
            co_await asio::async_read(socket, asio::buffer(bytes), dragline::as_tuple(asio::use_awaitable));
        if (no_size || got_size != 2) co_return;
        bytes.resize(load_big16(bytes.data()));
        const auto [no_query, got_query] =
            co_await asio::async_read(socket, asio::buffer(bytes), dragline::as_tuple(asio::use_awaitable));
        if (no_query || got_query != bytes.size()) co_return;
        const auto answer = respond(bytes, dns_transport::tcp, peer);
        for (const auto& packet : answer.packets) {
            timer.expires_after(packet.after);
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
            bytes.assign(2, 0);
            store_big16(bytes.data(), static_cast<std::uint16_t>(packet.bytes.size()));
            bytes.insert(bytes.end(), packet.bytes.begin(), packet.bytes.end());
            const auto [no_answer, sent] = co_await asio::async_write(
                socket, asio::buffer(bytes), dragline::as_tuple(asio::use_awaitable));
            if (no_answer || sent != bytes.size()) co_return;
        }
        if (answer.close) co_return;
    }
}

}  // namespace dragline::testing::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address_v6.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace dragline::inline v1::testing {
namespace detail {

// RFC 1035, 3.5 and RFC 3596, 2.5.
DRAGLINE_DECL std::string reverse_name(const asio::ip::address& address) {
    std::string name;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        for (std::size_t i = bytes.size(); i-- > 0;) name += std::to_string(bytes[i]) + '.';
        return name + "in-addr.arpa";
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto bytes = address.to_v6().to_bytes();
    for (std::size_t i = bytes.size(); i-- > 0;) {
        name += {digits[bytes[i] & 15], '.', digits[bytes[i] >> 4], '.'};
    }
    return name + "ip6.arpa";
}

}  // namespace detail

DRAGLINE_DECL dns_server::dns_server(const asio::ip::address& where, std::uint16_t port)
    : state_(std::make_unique<detail::dns_server_state>()) {
    state_->listen(where, port);
}

DRAGLINE_DECL dns_server::~dns_server() = default;

DRAGLINE_DECL asio::ip::udp::endpoint dns_server::listen(const asio::ip::address& where, std::uint16_t port) {
    return state_->listen(where, port);
}

DRAGLINE_DECL asio::ip::udp::endpoint dns_server::endpoint() const { return state_->first_place(); }

DRAGLINE_DECL std::string dns_server::to_string() const { return detail::place_text(endpoint()); }

DRAGLINE_DECL dns_server& dns_server::answer(std::string_view name, dns::record_type type,
                                             const std::vector<std::string>& values, seconds ttl) {
    std::vector<dns::record> records;
    for (const auto& value : values) records.push_back(make_record(name, type, value, ttl));
    state_->change_zone([&](detail::dns_zone& zone) { zone.replace(name, type, std::move(records)); });
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::answer(dns::record entry) {
    state_->change_zone([&](detail::dns_zone& zone) { zone.add(std::move(entry)); });
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::host(std::string_view name, const std::vector<std::string>& addresses,
                                           seconds ttl) {
    std::vector<std::string> four, six;
    for (const auto& address : addresses) (address.find(':') == address.npos ? four : six).push_back(address);
    return answer(name, dns::record_type::a, four, ttl).answer(name, dns::record_type::aaaa, six, ttl);
}

DRAGLINE_DECL dns_server& dns_server::alias(std::string_view name, std::string_view target, seconds ttl) {
    return answer(name, dns::record_type::cname, {std::string(target)}, ttl);
}

DRAGLINE_DECL dns_server& dns_server::pointer(const asio::ip::address& address,
                                              const std::vector<std::string>& names, seconds ttl) {
    return answer(detail::reverse_name(address), dns::record_type::ptr, names, ttl);
}

DRAGLINE_DECL dns_server& dns_server::empty(std::string_view name) {
    state_->change_zone([&](detail::dns_zone& zone) { zone.touch(name); });
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::on(std::string_view name, dns_script script) {
    state_->add_script(name, std::nullopt, std::move(script));
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::on(std::string_view name, dns::record_type type, dns_script script) {
    state_->add_script(name, type, std::move(script));
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::on_query(dns_script script) { return on("*", std::move(script)); }

DRAGLINE_DECL dns_server& dns_server::negative_ttl(seconds ttl) {
    state_->set_negative_ttl(ttl);
    return *this;
}

DRAGLINE_DECL std::vector<dns_query> dns_server::queries() const { return state_->log.entries(); }
DRAGLINE_DECL std::size_t dns_server::query_count() const { return state_->log.size(); }

DRAGLINE_DECL std::size_t dns_server::query_count(std::string_view name) const {
    return state_->log.count_if(
        [&](const dns_query& one) { return dns::wire::equal_names(one.name(), name); });
}

DRAGLINE_DECL std::size_t dns_server::query_count(std::string_view name, dns::record_type type) const {
    return state_->log.count_if(
        [&](const dns_query& one) { return one.type() == type && dns::wire::equal_names(one.name(), name); });
}

DRAGLINE_DECL std::size_t dns_server::query_count(dns_transport transport) const {
    return state_->log.count_if([&](const dns_query& one) { return one.transport == transport; });
}

DRAGLINE_DECL std::size_t dns_server::malformed_queries() const { return state_->log.counts().malformed; }
DRAGLINE_DECL void dns_server::clear_queries() { state_->log.clear(); }

DRAGLINE_DECL bool dns_server::wait_for_queries(std::size_t count, duration limit) const {
    return state_->log.wait(limit, [&](const auto& seen, const auto&) { return seen.size() >= count; });
}

}  // namespace dragline::testing

#endif
// ---- dragline/testing/http_message.hpp
// What a scripted HTTP server receives and what it answers. Start with http_reply: data with chainable
// setters, from a plain 200 to a connection that is reset in the middle of a header field.


#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing {

/// How a server leaves a connection.
enum class ending {
    keep,      ///< Open, for the next request.
    close,     ///< Closed in good order; over TLS with a close_notify.
    truncate,  ///< As close, but over TLS without close_notify.
    reset,     ///< Cut off with a TCP reset.
    stall,     ///< Open and silent until the peer closes it.
};

/// Field names with their values, in order.
using http_fields = std::vector<h1::field>;

/// A request as it arrived.
struct http_request {
    std::string method;
    std::string target;   ///< As sent: path and query, an absolute URL, an authority or "*".
    std::string version;  ///< "HTTP/1.1"
    http_fields fields;
    std::string body;              ///< Without its chunked coding.
    std::uint64_t connection = 0;  ///< The number of the connection: 1, 2, ... in order of acceptance.
    std::uint64_t sequence = 0;    ///< The number of the request on its connection: 1, 2, ...
    bool secure = false;           ///< Came over TLS.
    std::string server_name;       ///< The name that the client asked for in TLS (SNI), or empty.
    std::string local_address;     ///< "127.0.0.1:8080"
    std::string peer_address;

    http_request() {}

    /// The value of the first field of this name, whatever its case; empty where there is none.
    std::string_view field(std::string_view name) const noexcept;
    bool has_field(std::string_view name) const noexcept;
    std::string_view path() const noexcept;  ///< The target without its query.
    bool reused() const noexcept { return sequence > 1; }
};

/// How the end of a body is told.
enum class http_framing {
    content_length,
    chunked,
    until_close,  ///< By the end of the connection.
    none,         ///< By what the script's own header fields say, be it true or not.
};

/// So many bytes at a time, with a pause after each; with size 0 all at once.
struct http_pace {
    std::size_t size = 0;
    std::chrono::milliseconds pause{0};
};

/// Where a reply breaks off, and how.
struct http_cut {
    std::size_t after = 0;
    ending how = ending::close;
};

/// One answer of an http_server, faults included. The order of events on the wire:
///
///     delay, interim responses, head, body_delay, body, extra bytes, finish;
///     no_answer, cut_head and cut_body leave off earlier.
///
/// Framing fields given with header() take the place of the computed ones. The answer to HEAD, and a 204 or
/// 304, has no body. Compressed bodies are given compressed. Durations are real time.
class http_reply {
public:
    using duration = std::chrono::milliseconds;

    http_reply() {}
    explicit http_reply(int status) : status_(status) {}

    static http_reply redirect(std::string location, int status = 302);
    static http_reply failure(std::string text);        ///< A 500 that says why.
    static http_reply garbage(std::size_t size = 512);  ///< Bytes that are no HTTP, the same every time.

    http_reply& status(int code) { return status_ = code, *this; }
    http_reply& reason(std::string text) { return reason_ = std::move(text), *this; }
    http_reply& version(std::string text) { return version_ = std::move(text), *this; }
    http_reply& header(std::string name, std::string value);
    /// Adds `count` fields with values of this size, in bytes.
    http_reply& padding(std::size_t count, std::size_t value_size);
    http_reply& body(std::string bytes);
    http_reply& framing(http_framing how) { return framing_ = how, *this; }
    /// Chunked; the last size repeats to the end.
    http_reply& chunks(std::vector<std::size_t> sizes);
    /// Chunked; after each size, as in ";a=b".
    http_reply& chunk_extension(std::string text);
    /// Chunked; after the last chunk.
    http_reply& trailer(std::string name, std::string value);
    /// In place of head and body, exactly as they are.
    http_reply& raw(std::string bytes);

    /// An interim (1xx) response before the final one; may be given several times.
    http_reply& interim(int code, http_fields fields = {}, std::size_t times = 1);

    /// Bytes that belong to no response, this long after it.
    http_reply& extra(std::string bytes, duration after = duration(0));

    /// These bytes again and again, after the fields of a head that so never ends, or after the body; at the
    /// pace of drip_head() or drip_body().
    http_reply& endless_head(std::string line) { return endless_head_ = std::move(line), *this; }
    /// Ended by the connection, if not chunked.
    http_reply& endless_body(std::string piece);

    http_reply& delay(duration time) { return delay_ = time, *this; }
    http_reply& body_delay(duration time) { return body_delay_ = time, *this; }

    /// Sends so many bytes at a time with a pause after each.
    http_reply& drip_head(std::size_t size, duration pause) {
        drip_head_ = {size, pause};
        return *this;
    }
    http_reply& drip_body(std::size_t size, duration pause) {
        drip_body_ = {size, pause};
        return *this;
    }

    /// Breaks off after so many bytes; before the first one, in no_answer().
    http_reply& no_answer(ending how = ending::stall) { return cut_head(0, how); }
    http_reply& cut_head(std::size_t after, ending how = ending::close);
    /// Counts bytes as they go out: those of the chunked coding, where there is one.
    http_reply& cut_body(std::size_t after, ending how = ending::close);

    /// What happens after a whole response; ending::close adds "Connection: close".
    http_reply& finish(ending how) { return finish_ = how, *this; }
    http_reply& close() { return finish(ending::close); }

    /// Closes the connection when it has been idle for so long after this response, 0 being at once.
    http_reply& close_idle(duration after) { return close_idle_ = after, *this; }

    /// Ends the connection when the next request on it has been read and logged, instead of answering.
    http_reply& next_request(ending how) { return next_request_ = how, *this; }

    /// Answers when the head has been read. The body is read afterwards, or never if the connection ends.
    http_reply& before_body() { return before_body_ = true, *this; }
    /// Sends no 100 (Continue), whatever the request expects.
    http_reply& no_continue() { return no_continue_ = true, *this; }

    int status() const noexcept { return status_; }
    const std::string& reason() const noexcept { return reason_; }
    const std::string& version() const noexcept { return version_; }
    const http_fields& headers() const noexcept { return headers_; }
    const std::string& body() const noexcept { return *body_; }
    http_framing framing() const noexcept { return framing_; }
    const std::vector<std::size_t>& chunks() const noexcept { return chunks_; }
    const std::string& chunk_extension() const noexcept { return chunk_extension_; }
    const http_fields& trailers() const noexcept { return trailers_; }
    const std::optional<std::string>& raw() const noexcept { return raw_; }
    const std::string& interim() const noexcept { return interim_; }
    const std::string& extra() const noexcept { return extra_; }
    duration extra_delay() const noexcept { return extra_delay_; }
    const std::string& endless_head() const noexcept { return endless_head_; }
    const std::string& endless_body() const noexcept { return endless_body_; }
    duration delay() const noexcept { return delay_; }
    duration body_delay() const noexcept { return body_delay_; }
    const http_pace& drip_head() const noexcept { return drip_head_; }
    const http_pace& drip_body() const noexcept { return drip_body_; }
    const std::optional<http_cut>& cut_head() const noexcept { return cut_head_; }
    const std::optional<http_cut>& cut_body() const noexcept { return cut_body_; }
    const std::optional<ending>& finish() const noexcept { return finish_; }
    const std::optional<duration>& close_idle() const noexcept { return close_idle_; }
    const std::optional<ending>& next_request() const noexcept { return next_request_; }
    bool answers_before_body() const noexcept { return before_body_; }
    bool withholds_continue() const noexcept { return no_continue_; }

private:
    int status_ = 200;
    std::string reason_;  // empty: the usual one
    std::string version_ = "HTTP/1.1";
    http_fields headers_;
    std::shared_ptr<const std::string> body_ = std::make_shared<const std::string>();
    http_framing framing_ = http_framing::content_length;
    std::vector<std::size_t> chunks_;
    std::string chunk_extension_;
    http_fields trailers_;
    std::optional<std::string> raw_;
    std::string interim_;
    std::string extra_;
    duration extra_delay_{0};
    std::string endless_head_;
    std::string endless_body_;
    duration delay_{0};
    duration body_delay_{0};
    http_pace drip_head_;
    http_pace drip_body_;
    std::optional<http_cut> cut_head_;
    std::optional<http_cut> cut_body_;
    std::optional<ending> finish_;
    std::optional<duration> close_idle_;
    std::optional<ending> next_request_;
    bool before_body_ = false;
    bool no_continue_ = false;
};

/// What an http_server does about a path: an http_reply, a std::vector of them, or a function of the request.
using http_script = script<http_request, http_reply>;

}  // namespace dragline::testing

// ---- dragline/testing/impl/http_message.ipp
// Included by <dragline/testing/http_message.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::testing {

namespace detail {

DRAGLINE_DECL const h1::field* find_field(const http_fields& fields, std::string_view name) noexcept {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const h1::field& one) {
        return ascii::equals_ignoring_case(one.name, name);
    });
    return found == fields.end() ? nullptr : &*found;
}

DRAGLINE_DECL std::string_view usual_reason(int status) noexcept {
    switch (status) {
        case 100: return "Continue";
        case 101: return "Switching Protocols";
        case 103: return "Early Hints";
        case 200: return "OK";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 429: return "Too Many Requests";
        case 500: return "Internal Server Error";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        default: return "Scripted";
    }
}

}  // namespace detail

DRAGLINE_DECL std::string_view http_request::field(std::string_view name) const noexcept {
    const auto* found = detail::find_field(fields, name);
    return found ? std::string_view(found->value) : std::string_view();
}

DRAGLINE_DECL bool http_request::has_field(std::string_view name) const noexcept {
    return detail::find_field(fields, name) != nullptr;
}

DRAGLINE_DECL std::string_view http_request::path() const noexcept {
    return std::string_view(target).substr(0, target.find('?'));
}

DRAGLINE_DECL http_reply http_reply::redirect(std::string location, int status) {
    return http_reply(status).header("Location", std::move(location));
}

DRAGLINE_DECL http_reply http_reply::failure(std::string text) {
    return http_reply(500).body(std::move(text));
}

DRAGLINE_DECL http_reply http_reply::garbage(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 0x9e3779b9;
    for (char& byte : bytes) {
        state = state * 1664525 + 1013904223;  // any constants do; only the sameness counts
        byte = static_cast<char>(state >> 24);
    }
    return http_reply().raw(std::move(bytes)).close();
}

DRAGLINE_DECL http_reply& http_reply::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::padding(std::size_t count, std::size_t value_size) {
    for (std::size_t i = 0; i < count; ++i) header("X-Padding", std::string(value_size, 'x'));
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::body(std::string bytes) {
    body_ = std::make_shared<const std::string>(std::move(bytes));
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::chunks(std::vector<std::size_t> sizes) {
    chunks_ = std::move(sizes);
    return framing(http_framing::chunked);
}

DRAGLINE_DECL http_reply& http_reply::chunk_extension(std::string text) {
    chunk_extension_ = std::move(text);
    return framing(http_framing::chunked);
}

DRAGLINE_DECL http_reply& http_reply::trailer(std::string name, std::string value) {
    trailers_.emplace_back(std::move(name), std::move(value));
    return framing(http_framing::chunked);
}

DRAGLINE_DECL http_reply& http_reply::raw(std::string bytes) {
    raw_ = std::move(bytes);
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::interim(int code, http_fields fields, std::size_t times) {
    std::string head;
    h1::append_status_line(head, code, detail::usual_reason(code));
    for (const auto& one : fields) head += one.name + ": " + one.value + "\r\n";
    head += h1::line_end;
    for (std::size_t i = 0; i < times; ++i) interim_ += head;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::extra(std::string bytes, duration after) {
    extra_ = std::move(bytes);
    extra_delay_ = after;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::endless_body(std::string piece) {
    endless_body_ = std::move(piece);
    if (framing_ == http_framing::content_length) framing_ = http_framing::until_close;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::cut_head(std::size_t after, ending how) {
    cut_head_.emplace();
    cut_head_->after = after;
    cut_head_->how = how;
    return *this;
}

DRAGLINE_DECL http_reply& http_reply::cut_body(std::size_t after, ending how) {
    cut_body_.emplace();
    cut_body_->after = after;
    cut_body_->how = how;
    return *this;
}

}  // namespace dragline::testing

#endif
// ---- dragline/testing/http_server.hpp
// A scripted HTTP/1.1 server on loopback, plain or TLS, on a thread of its own. Start with http_server.


#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::testing {

namespace detail {
class http_server_state;
}

/// Answers requests as a script says, and keeps a log of them.
///
///     http_server server;
///     server.on("/slow", http_reply().delay(5s));
///     server.on("/cut", http_reply().body("12345").cut_body(2, ending::reset));
///
/// Runs until it is destroyed, which closes every connection. What has no script is answered with 404.
/// Scripts may be changed at any time; a reply that is under way stays as it is.
///
/// Threads: every member function may be called on any thread.
class http_server {
public:
    using duration = std::chrono::milliseconds;

    /// Listens on a free port of 127.0.0.1; with TLS where a certificate is given.
    http_server();
    explicit http_server(const tls::server_options& certificate);
    explicit http_server(const issued_certificate& certificate);

    struct unbound_t {};
    static constexpr unbound_t unbound{};
    explicit http_server(unbound_t);  ///< Listens nowhere yet.

    ~http_server();
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// Listens on one more address, with port 0 on a free port, and returns the place.
    ///
    /// Throws std::system_error when the place is taken or the certificate is of no use.
    asio::ip::tcp::endpoint listen(const asio::ip::address& where = asio::ip::address_v4::loopback(),
                                   std::uint16_t port = 0);
    asio::ip::tcp::endpoint listen_tls(const tls::server_options& certificate,
                                       const asio::ip::address& where = asio::ip::address_v4::loopback(),
                                       std::uint16_t port = 0);

    asio::ip::tcp::endpoint listen_tls(const issued_certificate& certificate,
                                       const asio::ip::address& where = asio::ip::address_v4::loopback(),
                                       std::uint16_t port = 0);

    /// Another certificate, for clients that ask for this name (SNI) on any TLS port.
    http_server& certificate_for(std::string_view server_name, const tls::server_options& certificate);
    http_server& certificate_for(std::string_view server_name, const issued_certificate& certificate);

    /// The script of a path: "/a" (any query), "/a?b=1" (this query), "/a*" (all that begin so), "*".
    http_server& on(std::string path, http_script script);

    /// As above, for requests whose Host field has this name; it goes before on().
    http_server& on_host(std::string_view host, std::string path, http_script script);

    /// What befalls the next `count` connections as soon as they are accepted, before TLS.
    http_server& fail_connections(std::size_t count, ending how = ending::reset);

    /// The first place that it listens on.
    asio::ip::tcp::endpoint endpoint() const;
    std::uint16_t port() const { return endpoint().port(); }

    /// "http://127.0.0.1:4711/path" for the first place; "https" where that is TLS.
    std::string url(std::string_view target = "/") const;

    /// Requests in the order in which they were complete; one that is answered before its body, without it.
    std::vector<http_request> requests() const;
    std::size_t request_count() const;
    void clear_requests();

    std::uint64_t connection_count() const;  ///< Accepted since the start.
    std::uint64_t open_connections() const;
    std::uint64_t malformed_requests() const;  ///< Answered with 400.
    std::uint64_t failed_handshakes() const;

    /// False when fewer requests have come, or another number of connections is open, at the end of the time.
    bool wait_for_requests(std::size_t count, duration limit = std::chrono::seconds(10)) const;
    bool wait_for_open_connections(std::size_t count, duration limit = std::chrono::seconds(10)) const;

private:
    std::unique_ptr<detail::http_server_state> state_;
};

}  // namespace dragline::testing

// ---- dragline/testing/impl/http_server.ipp
// Included by <dragline/testing/http_server.hpp> only.

// ---- dragline/testing/detail/http_server_state.hpp
// What an http_server holds, and its coroutines that accept connections and converse on them.

// ---- dragline/testing/detail/http_conversation.hpp
// The requests and replies of one connection.

// ---- dragline/testing/detail/http_channel.hpp
// One accepted connection, plain or TLS, as the script's interpreter sees it: bytes in, bytes out, an ending.


#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::testing::detail {

// Once the peer is gone every operation is over at once. Always held by shared_ptr: a timer may fire late.
class http_channel : public std::enable_shared_from_this<http_channel> {
public:
    using duration = std::chrono::milliseconds;
    enum class event { input, closed, timed_out };

    // With an empty context, plain.
    http_channel(asio::ip::tcp::socket socket, const tls::context& context)
        : socket_(std::move(socket)), timer_(socket_.get_executor()) {
        if (context) engine_.emplace(context, tls::engine_options());
    }

    bool gone() const noexcept { return gone_; }
    bool secure() const noexcept { return engine_.has_value(); }
    bool resumed() const noexcept { return engine_ && engine_->resumed(); }
    std::string server_name() const { return engine_ ? engine_->server_name() : std::string(); }
    const asio::ip::tcp::socket& socket() const noexcept { return socket_; }

    // Must come first. False when TLS could not be agreed on; true at once without TLS.
    asio::awaitable<bool> handshake();

    // Received and not yet used.
    std::string& input() noexcept { return input_; }

    // Waits for more input.
    asio::awaitable<event> receive(std::optional<duration> limit = {});
    asio::awaitable<void> send(std::string_view bytes);
    asio::awaitable<void> pause(duration time);

    // With `unread`, a closing in good order takes in what the peer is still sending: a reset would
    // destroy the answer that the peer has not read yet.
    asio::awaitable<void> finish(ending how, bool unread = false);

private:
    using time_point = std::chrono::steady_clock::time_point;

    void expire_at(time_point deadline);
    asio::awaitable<event> read(asio::mutable_buffer into, std::size_t& size,
                                std::optional<time_point> deadline);
    asio::awaitable<event> receive_until(std::optional<time_point> deadline);
    asio::awaitable<event> receive_secure(std::optional<time_point> deadline);
    asio::awaitable<void> write(std::string_view bytes);
    asio::awaitable<void> flush_engine();
    asio::awaitable<void> discard_input(std::optional<time_point> deadline);
    asio::awaitable<void> close_in_order(bool unread);
    void reset() noexcept;
    void close() noexcept;

    asio::ip::tcp::socket socket_;
    asio::steady_timer timer_;
    std::optional<tls::engine> engine_;
    std::uint64_t wait_ = 0;  // a timer that fires late belongs to an earlier wait
    std::string input_;
    std::array<char, 16 * 1024> buffer_;
    bool gone_ = false;
};

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/http_channel.ipp
// Included by <dragline/testing/detail/http_channel.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <span>

namespace dragline::inline v1::testing::detail {

inline constexpr std::size_t most_unused_input = 1024 * 1024;

DRAGLINE_DECL void http_channel::expire_at(time_point deadline) {
    timer_.expires_at(deadline);
    timer_.async_wait([weak = weak_from_this(), wait = wait_](std::error_code ec) {
        const auto self = weak.lock();
        if (!self || ec || self->wait_ != wait) return;
        std::error_code ignored;
        self->socket_.cancel(ignored);
    });
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::read(asio::mutable_buffer into,
                                                                      std::size_t& size,
                                                                      std::optional<time_point> deadline) {
    ++wait_;
    if (deadline) expire_at(*deadline);
    const auto [ec, received] =
        co_await socket_.async_read_some(into, dragline::as_tuple(asio::use_awaitable));
    ++wait_;
    if (deadline) timer_.cancel();
    if (ec == asio::error::operation_aborted) co_return event::timed_out;
    size = received;
    co_return ec ? event::closed : event::input;
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::receive(std::optional<duration> limit) {
    std::optional<time_point> deadline;
    if (limit) deadline = std::chrono::steady_clock::now() + *limit;
    co_return co_await receive_until(deadline);
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::receive_until(
    std::optional<time_point> deadline) {
    if (gone_) co_return event::closed;
    auto found = event::closed;
    if (engine_) {
        found = co_await receive_secure(deadline);
    } else {
        std::size_t size = 0;
        found = co_await read(asio::buffer(buffer_), size, deadline);
        input_.append(buffer_.data(), size);
    }
    if (found == event::closed) gone_ = true;
    co_return found;
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::receive_secure(
    std::optional<time_point> deadline) {
    for (;;) {
        const auto step = engine_->read(std::span<char>(buffer_));
        co_await flush_engine();
        if (!step || step->closed) co_return event::closed;
        if (step->size > 0) {
            input_.append(buffer_.data(), step->size);
            co_return event::input;
        }
        const auto space = engine_->input_space();
        std::size_t size = 0;
        const auto found = co_await read(asio::buffer(space.data(), space.size()), size, deadline);
        if (found != event::input) co_return found;
        engine_->input_received(size);
    }
}

DRAGLINE_DECL asio::awaitable<bool> http_channel::handshake() {
    while (engine_ && !engine_->handshake_done()) {
        const auto step = engine_->handshake();
        co_await flush_engine();
        if (!step || gone_) co_return false;
        if (*step == tls::progress::done) break;
        const auto space = engine_->input_space();
        std::size_t size = 0;
        const auto found = co_await read(asio::buffer(space.data(), space.size()), size, std::nullopt);
        if (found != event::input) co_return false;
        engine_->input_received(size);
    }
    co_return true;
}

DRAGLINE_DECL asio::awaitable<void> http_channel::write(std::string_view bytes) {
    if (gone_ || bytes.empty()) co_return;
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    const auto [ec, size] =
        co_await asio::async_write(socket_, buffer, dragline::as_tuple(asio::use_awaitable));
    static_cast<void>(size);
    if (ec) gone_ = true;
}

DRAGLINE_DECL asio::awaitable<void> http_channel::flush_engine() {
    while (!gone_ && engine_->output_size() > 0) {
        const auto bytes = engine_->output();
        co_await write(bytes);
        engine_->output_sent(bytes.size());
    }
}

DRAGLINE_DECL asio::awaitable<void> http_channel::send(std::string_view bytes) {
    if (!engine_) {
        co_await write(bytes);
        co_return;
    }
    while (!gone_ && !bytes.empty()) {
        const auto taken = engine_->write(bytes);
        if (!taken) gone_ = true;
        bytes.remove_prefix(*taken);
        co_await flush_engine();
    }
}

// Keeps reading meanwhile, so that a peer that goes away is noticed.
DRAGLINE_DECL asio::awaitable<void> http_channel::pause(duration time) {
    if (time <= duration(0)) co_return;
    const auto deadline = std::chrono::steady_clock::now() + time;
    auto last = event::input;
    while (last == event::input && input_.size() < most_unused_input) last = co_await receive_until(deadline);
    if (last != event::input) co_return;
    ++wait_;
    timer_.expires_at(deadline);
    co_await timer_.async_wait(dragline::as_tuple(asio::use_awaitable));
}

// As it comes from the socket: TLS may have failed, or never begun.
DRAGLINE_DECL asio::awaitable<void> http_channel::discard_input(std::optional<time_point> deadline) {
    auto last = event::input;
    std::size_t size = 0;
    while (!gone_ && last == event::input) last = co_await read(asio::buffer(buffer_), size, deadline);
}

DRAGLINE_DECL asio::awaitable<void> http_channel::close_in_order(bool unread) {
    constexpr auto longest_linger = std::chrono::seconds(2);
    if (unread && !gone_) {
        std::error_code ignored;
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
        co_await discard_input(std::chrono::steady_clock::now() + longest_linger);
    }
    close();
}

DRAGLINE_DECL asio::awaitable<void> http_channel::finish(ending how, bool unread) {
    switch (how) {
        case ending::keep: break;
        case ending::close:
            if (engine_ && !gone_) {
                engine_->close();
                co_await flush_engine();
            }
            co_await close_in_order(unread);
            break;
        case ending::truncate: co_await close_in_order(unread); break;
        case ending::reset: reset(); break;
        case ending::stall:
            co_await discard_input(std::nullopt);
            close();
            break;
    }
}

DRAGLINE_DECL void http_channel::reset() noexcept {
    std::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

DRAGLINE_DECL void http_channel::close() noexcept {
    gone_ = true;
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace dragline::testing::detail

#endif
// ---- dragline/testing/detail/http_parts.hpp
// A scripted reply as bytes: what stands on the wire for one request.


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

// ---- dragline/testing/detail/impl/http_parts.ipp
// Included by <dragline/testing/detail/http_parts.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::testing::detail {

// Not h1::append_field(), which refuses what a script may want to send.
DRAGLINE_DECL void put_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append(h1::line_end);
}

DRAGLINE_DECL http_parts::http_parts(const http_reply& reply, const http_request& request,
                                     bool request_persistent) {
    const bool ten = reply.version() == "HTTP/1.0" || request.version == "HTTP/1.0";
    const bool keeps = request_persistent && reply.framing() != http_framing::until_close &&
                       (reply.version() != "HTTP/1.0" || find_field(reply.headers(), "Connection"));
    end_ = reply.finish().value_or(keeps ? ending::keep : ending::close);
    endless_body_ = reply.endless_body();
    if (reply.raw()) {
        head_ = *reply.raw();
        return;
    }
    bodiless_ =
        request.method == "HEAD" || reply.status() == 204 || reply.status() == 304 || reply.status() < 200;
    write_head(reply, ten);
    if (bodiless_) return;
    if (reply.framing() == http_framing::chunked) {
        code_body(reply);
    } else {
        plain_body_ = reply.body();
    }
}

DRAGLINE_DECL void http_parts::write_head(const http_reply& reply, bool ten) {
    const auto reason =
        reply.reason().empty() ? usual_reason(reply.status()) : std::string_view(reply.reason());
    head_.append(reply.version()).append(" ").append(std::to_string(reply.status()));
    head_.append(" ").append(reason).append(h1::line_end);
    for (const auto& one : reply.headers()) put_field(head_, one.name, one.value);
    write_framing(reply);
    if (!find_field(reply.headers(), "Connection")) {
        if (end_ == ending::close) put_field(head_, "Connection", "close");
        if (end_ == ending::keep && ten) put_field(head_, "Connection", "keep-alive");
    }
    head_ += h1::line_end;
}

DRAGLINE_DECL void http_parts::write_framing(const http_reply& reply) {
    if (find_field(reply.headers(), "Content-Length") || find_field(reply.headers(), "Transfer-Encoding"))
        return;
    if (reply.framing() == http_framing::chunked) put_field(head_, "Transfer-Encoding", "chunked");
    if (reply.framing() != http_framing::content_length) return;
    if (bodiless_ && reply.body().empty()) return;
    put_field(head_, "Content-Length", std::to_string(reply.body().size()));
}

DRAGLINE_DECL void put_chunk(std::string& out, std::string_view data, std::string_view extension) {
    std::string line;
    h1::append_chunk_size(line, data.size());
    line.insert(line.size() - h1::line_end.size(), extension);
    out.append(line).append(data).append(h1::line_end);
}

DRAGLINE_DECL void http_parts::code_body(const http_reply& reply) {
    coded_ = true;
    std::string_view left = reply.body();
    for (std::size_t i = 0; !left.empty(); ++i) {
        const auto& sizes = reply.chunks();
        const std::size_t wanted = sizes.empty() ? left.size() : sizes[std::min(i, sizes.size() - 1)];
        const auto data = left.substr(0, std::max<std::size_t>(wanted, 1));
        put_chunk(coded_body_, data, reply.chunk_extension());
        left.remove_prefix(data.size());
    }
    if (!reply.endless_body().empty()) {
        endless_body_.clear();
        put_chunk(endless_body_, reply.endless_body(), reply.chunk_extension());
        return;
    }
    coded_body_.append("0").append(reply.chunk_extension()).append(h1::line_end);
    for (const auto& one : reply.trailers()) put_field(coded_body_, one.name, one.value);
    coded_body_ += h1::line_end;
}

}  // namespace dragline::testing::detail

#endif
// ---- dragline/testing/detail/http_routes.hpp
// Which script answers which request.


#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::testing::detail {

// Hosts are lower-case and without port; the host "" stands for any.
class http_routes {
public:
    void add(std::string_view host, std::string pattern, http_script script);

    // The exact target, its path, the longest pattern that ends in '*'; for the host, then for any; else a
    // 404.
    http_script find(const http_request& request) const;

private:
    using table = std::map<std::string, http_script, std::less<>>;
    static const http_script* find_in(const table& paths, const http_request& request);

    mutable std::mutex mutex_;
    std::map<std::string, table, std::less<>> hosts_;
    http_script missing_ = http_reply(404);
};

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/http_routes.ipp
// Included by <dragline/testing/detail/http_routes.hpp> only.


#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::testing::detail {

DRAGLINE_DECL std::string_view without_port(std::string_view authority) noexcept {
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.find(':'));
}

DRAGLINE_DECL void http_routes::add(std::string_view host, std::string pattern, http_script script) {
    std::lock_guard lock(mutex_);
    hosts_[ascii::to_lower(host)].insert_or_assign(std::move(pattern), std::move(script));
}

DRAGLINE_DECL const http_script* http_routes::find_in(const table& paths, const http_request& request) {
    if (const auto exact = paths.find(request.target); exact != paths.end()) return &exact->second;
    const std::string_view path = request.path();
    if (const auto same = paths.find(path); same != paths.end()) return &same->second;
    const http_script* best = nullptr;
    std::size_t best_size = 0;
    for (const auto& [pattern, script] : paths) {
        if (!pattern.ends_with('*') || pattern.size() < best_size) continue;
        if (!path.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1))) continue;
        best = &script;
        best_size = pattern.size();
    }
    return best;
}

DRAGLINE_DECL http_script http_routes::find(const http_request& request) const {
    const std::string host = ascii::to_lower(without_port(request.field("Host")));
    std::lock_guard lock(mutex_);
    for (const std::string_view name : {std::string_view(host), std::string_view()}) {
        const auto paths = hosts_.find(name);
        if (paths == hosts_.end()) continue;
        if (const auto* script = find_in(paths->second, request)) return *script;
    }
    return missing_;
}

}  // namespace dragline::testing::detail

#endif

#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragline::inline v1::testing::detail {

struct http_counts {
    std::uint64_t connections = 0;
    std::uint64_t open_connections = 0;
    std::uint64_t malformed_requests = 0;
    std::uint64_t failed_handshakes = 0;
};
using http_log = event_log<http_request, http_counts>;

class http_conversation {
public:
    http_conversation(const http_routes& routes, http_log& log, http_channel& channel, std::uint64_t number)
        : routes_(routes), log_(log), channel_(channel), number_(number) {}

    asio::awaitable<void> run();

private:
    enum class received { complete, ended, malformed };

    asio::awaitable<bool> exchange();  // whether the connection goes on
    asio::awaitable<received> read_head();
    asio::awaitable<received> read_body();
    asio::awaitable<received> read_chunked();
    asio::awaitable<ending> write(const http_reply& reply, const http_parts& parts);
    asio::awaitable<void> drip(std::string_view bytes, http_pace pace);
    asio::awaitable<void> repeat(std::string_view piece, http_pace pace);
    asio::awaitable<void> refuse();
    void fill_request(const h1::request_head& head);
    bool expects_continue() const noexcept;

    const http_routes& routes_;
    http_log& log_;
    http_channel& channel_;
    std::uint64_t number_;
    std::uint64_t sequence_ = 0;
    http_request request_;
    h1::body_framing framing_;
    std::optional<http_reply::duration> idle_limit_;  // as the last reply said
    std::optional<ending> ending_of_next_;
};

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/http_conversation.ipp
// Included by <dragline/testing/detail/http_conversation.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>

namespace dragline::inline v1::testing::detail {

DRAGLINE_DECL asio::awaitable<void> http_conversation::run() {
    while (!channel_.gone()) {
        const bool goes_on = co_await exchange();
        if (!goes_on) break;
    }
}

DRAGLINE_DECL asio::awaitable<bool> http_conversation::exchange() {
    auto outcome = co_await read_head();
    if (outcome == received::malformed) co_await refuse();
    if (outcome == received::ended) co_await channel_.finish(ending::close);
    if (outcome != received::complete) co_return false;

    const bool to_be_answered = !ending_of_next_;
    const http_script script = routes_.find(request_);
    auto reply = to_be_answered ? script.next() : nullptr;
    const bool early = reply && reply->answers_before_body();
    if (!early) {
        if (expects_continue() && !(reply && reply->withholds_continue())) {
            co_await channel_.send("HTTP/1.1 100 Continue\r\n\r\n");
        }
        outcome = co_await read_body();
        if (outcome == received::malformed) co_await refuse();
        if (outcome != received::complete) co_return false;
    }
    log_.add(request_);
    if (!to_be_answered) {
        co_await channel_.finish(*ending_of_next_);
        co_return false;
    }
    if (!reply) reply = script.call(request_);

    const http_parts parts(*reply, request_, framing_.persistent);
    const ending end = co_await write(*reply, parts);
    const bool unread = early && framing_.kind != h1::body_kind::none;
    if (end != ending::keep) {
        co_await channel_.finish(end, unread);
        co_return false;
    }
    if (early) outcome = co_await read_body();
    idle_limit_ = reply->close_idle();
    ending_of_next_ = reply->next_request();
    co_return outcome == received::complete;
}

DRAGLINE_DECL asio::awaitable<http_conversation::received> http_conversation::read_head() {
    h1::request_head_parser parser;
    auto& input = channel_.input();
    for (;;) {
        const auto size = parser.parse(input);
        if (!size) co_return received::malformed;
        if (*size > 0) {
            const auto framing = h1::request_framing(parser.head());
            if (!framing) co_return received::malformed;
            framing_ = *framing;
            fill_request(parser.head());
            input.erase(0, *size);
            co_return received::complete;
        }
        const auto limit = input.empty() ? idle_limit_ : std::nullopt;
        const auto found = co_await channel_.receive(limit);
        if (found != http_channel::event::input) co_return received::ended;
    }
}

DRAGLINE_DECL std::string text_of(const asio::ip::tcp::endpoint& place) {
    std::ostringstream text;
    text << place;
    return text.str();
}

DRAGLINE_DECL void http_conversation::fill_request(const h1::request_head& head) {
    request_ = http_request();
    request_.method = head.method;
    request_.target = head.target;
    request_.version = head.version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1";
    for (const auto& one : head.fields) {
        request_.fields.emplace_back(std::string(one.name), std::string(one.value));
    }
    request_.connection = number_;
    request_.sequence = ++sequence_;
    request_.secure = channel_.secure();
    request_.server_name = channel_.server_name();
    std::error_code ignored;
    request_.local_address = text_of(channel_.socket().local_endpoint(ignored));
    request_.peer_address = text_of(channel_.socket().remote_endpoint(ignored));
}

DRAGLINE_DECL bool http_conversation::expects_continue() const noexcept {
    return framing_.kind != h1::body_kind::none &&
           ascii::equals_ignoring_case(request_.field("Expect"), "100-continue");
}

DRAGLINE_DECL asio::awaitable<http_conversation::received> http_conversation::read_body() {
    if (framing_.kind == h1::body_kind::chunked) co_return co_await read_chunked();
    auto& input = channel_.input();
    while (request_.body.size() < framing_.length) {
        const auto left = framing_.length - request_.body.size();
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size()));
        request_.body.append(input, 0, taken);
        input.erase(0, taken);
        if (taken == left) break;
        const auto found = co_await channel_.receive();
        if (found != http_channel::event::input) co_return received::ended;
    }
    co_return received::complete;
}

DRAGLINE_DECL asio::awaitable<http_conversation::received> http_conversation::read_chunked() {
    h1::chunked_decoder decoder;
    auto& input = channel_.input();
    while (!decoder.finished()) {
        if (input.empty()) {
            const auto found = co_await channel_.receive();
            if (found != http_channel::event::input) co_return received::ended;
        }
        const auto step = decoder.next(input);
        if (!step) co_return received::malformed;
        request_.body.append(step->data);
        input.erase(0, step->consumed);
    }
    co_return received::complete;
}

DRAGLINE_DECL asio::awaitable<void> http_conversation::refuse() {
    log_.update([](http_counts& counts) { ++counts.malformed_requests; });
    co_await channel_.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    co_await channel_.finish(ending::close, true);
}

// Once the peer is gone, every step is over at once.
DRAGLINE_DECL asio::awaitable<ending> http_conversation::write(const http_reply& reply,
                                                               const http_parts& parts) {
    co_await channel_.pause(reply.delay());
    co_await channel_.send(reply.interim());
    if (const auto& cut = reply.cut_head()) {
        co_await drip(parts.head().substr(0, cut->after), reply.drip_head());
        co_return cut->how;
    }
    if (!reply.endless_head().empty()) {
        auto fields = parts.head();
        if (fields.ends_with("\r\n\r\n")) fields.remove_suffix(2);
        co_await drip(fields, reply.drip_head());
        co_await repeat(reply.endless_head(), reply.drip_head());
        co_return ending::close;
    }
    co_await drip(parts.head(), reply.drip_head());
    co_await channel_.pause(reply.body_delay());
    if (const auto& cut = reply.cut_body()) {
        co_await drip(parts.body().substr(0, cut->after), reply.drip_body());
        co_return cut->how;
    }
    co_await drip(parts.body(), reply.drip_body());
    if (!parts.endless_body().empty()) co_await repeat(parts.endless_body(), reply.drip_body());
    if (!reply.extra().empty()) {
        co_await channel_.pause(reply.extra_delay());
        co_await channel_.send(reply.extra());
    }
    co_return parts.end();
}

DRAGLINE_DECL asio::awaitable<void> http_conversation::drip(std::string_view bytes, http_pace pace) {
    if (pace.size == 0) pace.size = std::max<std::size_t>(bytes.size(), 1);
    while (!bytes.empty() && !channel_.gone()) {
        const auto piece = bytes.substr(0, pace.size);
        co_await channel_.send(piece);
        bytes.remove_prefix(piece.size());
        if (!bytes.empty()) co_await channel_.pause(pace.pause);
    }
}

// A piece at a time where there is a pace, else many in one write.
DRAGLINE_DECL asio::awaitable<void> http_conversation::repeat(std::string_view piece, http_pace pace) {
    std::string block(piece);
    while (pace.size == 0 && block.size() < 16 * 1024) block += piece;
    while (!channel_.gone()) {
        co_await drip(block, pace);
        co_await channel_.pause(pace.pause);
    }
}

}  // namespace dragline::testing::detail

#endif

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing::detail {

class http_server_state {
public:
    http_routes routes;
    http_log log;

    asio::ip::tcp::endpoint listen(const asio::ip::tcp::endpoint& where,
                                   const tls::server_options* certificate);

    // The first place, and whether it speaks TLS.
    std::pair<asio::ip::tcp::endpoint, bool> first_place() const;

    void set_certificate(std::string_view server_name, const tls::server_options& certificate);
    tls::context certificate_for(std::string_view server_name) const;

    void fail_connections(std::size_t count, ending how);
    ending next_connection();

private:
    struct listener;
    asio::awaitable<void> accept_all(std::shared_ptr<listener> from);
    asio::awaitable<void> serve(asio::ip::tcp::socket socket, tls::context context);

    mutable std::mutex mutex_;
    std::vector<std::pair<asio::ip::tcp::endpoint, bool>> places_;
    std::map<std::string, tls::context, std::less<>> certificates_;
    std::size_t failing_connections_ = 0;
    ending failure_ = ending::keep;
    server_thread thread_;  // last: its coroutines use what stands above
};

}  // namespace dragline::testing::detail

// ---- dragline/testing/detail/impl/http_server_state.ipp
// Included by <dragline/testing/detail/http_server_state.hpp> only.


#if DRAGLINE_HEADER_BODIES

#include <openssl/ssl.h>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <system_error>

namespace dragline::inline v1::testing::detail {

struct http_server_state::listener {
    listener(asio::io_context& on, const asio::ip::tcp::endpoint& where) : acceptor(on) {
        acceptor.open(where.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(where);
        acceptor.listen();
    }

    asio::ip::tcp::acceptor acceptor;
    tls::context context;  // empty: plain
};

// Counts one connection as open while it lives.
class open_connection {
public:
    explicit open_connection(http_log& log) : log_(log) {
        number_ = log_.update([](http_counts& counts) {
            ++counts.open_connections;
            return ++counts.connections;
        });
    }
    open_connection(const open_connection&) = delete;
    open_connection& operator=(const open_connection&) = delete;
    ~open_connection() {
        log_.update([](http_counts& counts) { --counts.open_connections; });
    }

    std::uint64_t number() const noexcept { return number_; }

private:
    http_log& log_;
    std::uint64_t number_;
};

DRAGLINE_DECL tls::context make_context(const tls::server_options& certificate) {
    auto made = tls::context::make_server(certificate);
    if (!made) throw std::system_error(made.error(), "http_server: the certificate or its key is of no use");
    return *std::move(made);
}

// OpenSSL asks which certificate answers to the name that the client sent.
DRAGLINE_DECL int choose_certificate(SSL* connection, int*, void* state) noexcept {
    const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
    const auto context = static_cast<const http_server_state*>(state)->certificate_for(name);
    if (context) SSL_set_SSL_CTX(connection, context.native_handle());
    return SSL_TLSEXT_ERR_OK;
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server_state::listen(const asio::ip::tcp::endpoint& where,
                                                                const tls::server_options* certificate) {
    const auto made = std::make_shared<listener>(thread_.context(), where);
    if (certificate) {
        made->context = make_context(*certificate);
        SSL_CTX_set_tlsext_servername_callback(made->context.native_handle(), &choose_certificate);
        SSL_CTX_set_tlsext_servername_arg(made->context.native_handle(), this);
    }
    const auto place = made->acceptor.local_endpoint();
    {
        std::lock_guard lock(mutex_);
        places_.emplace_back(place, certificate != nullptr);
    }
    asio::post(thread_.context(),
               [this, made] { asio::co_spawn(thread_.context(), accept_all(made), asio::detached); });
    return place;
}

DRAGLINE_DECL std::pair<asio::ip::tcp::endpoint, bool> http_server_state::first_place() const {
    std::lock_guard lock(mutex_);
    return places_.empty() ? std::pair<asio::ip::tcp::endpoint, bool>() : places_.front();
}

DRAGLINE_DECL void http_server_state::set_certificate(std::string_view server_name,
                                                      const tls::server_options& certificate) {
    auto context = make_context(certificate);
    std::lock_guard lock(mutex_);
    certificates_.insert_or_assign(ascii::to_lower(server_name), std::move(context));
}

DRAGLINE_DECL tls::context http_server_state::certificate_for(std::string_view server_name) const {
    std::lock_guard lock(mutex_);
    const auto found = certificates_.find(ascii::to_lower(server_name));
    return found == certificates_.end() ? tls::context() : found->second;
}

DRAGLINE_DECL void http_server_state::fail_connections(std::size_t count, ending how) {
    std::lock_guard lock(mutex_);
    failing_connections_ = count;
    failure_ = how;
}

DRAGLINE_DECL ending http_server_state::next_connection() {
    std::lock_guard lock(mutex_);
    if (failing_connections_ == 0) return ending::keep;
    --failing_connections_;
    return failure_;
}

DRAGLINE_DECL asio::awaitable<void> http_server_state::accept_all(std::shared_ptr<listener> from) {
    for (;;) {
        auto [ec, socket] = co_await from->acceptor.async_accept(dragline::as_tuple(asio::use_awaitable));
        if (ec) {  // out of descriptors, say: others may end meanwhile
            asio::steady_timer timer(thread_.context(), std::chrono::milliseconds(10));
            co_await timer.async_wait(dragline::as_tuple(asio::use_awaitable));
            continue;
        }
        std::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        asio::co_spawn(thread_.context(), serve(std::move(socket), from->context), asio::detached);
    }
}

DRAGLINE_DECL asio::awaitable<void> http_server_state::serve(asio::ip::tcp::socket socket,
                                                             tls::context context) {
    const open_connection counted(log);  // before the channel, which is to be closed when it is taken off
    const auto channel = std::make_shared<http_channel>(std::move(socket), context);
    const ending failure = next_connection();
    if (failure != ending::keep) {
        co_await channel->finish(failure == ending::close ? ending::truncate : failure);
        co_return;
    }
    if (!co_await channel->handshake()) {
        log.update([](http_counts& counts) { ++counts.failed_handshakes; });
        co_await channel->finish(ending::truncate, true);  // the alert shall arrive
        co_return;
    }
    http_conversation conversation(routes, log, *channel, counted.number());
    co_await conversation.run();
}

}  // namespace dragline::testing::detail

#endif

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL tls::server_options options_of(const issued_certificate& certificate) {
    return tls::server_options()
        .certificate_chain_pem(certificate.chain_pem)
        .private_key_pem(certificate.private_key_pem);
}

}  // namespace detail

DRAGLINE_DECL http_server::http_server() : http_server(unbound) { listen(); }

DRAGLINE_DECL http_server::http_server(const tls::server_options& certificate) : http_server(unbound) {
    listen_tls(certificate);
}

DRAGLINE_DECL http_server::http_server(const issued_certificate& certificate)
    : http_server(detail::options_of(certificate)) {}

DRAGLINE_DECL http_server::http_server(unbound_t) : state_(std::make_unique<detail::http_server_state>()) {}

DRAGLINE_DECL http_server::~http_server() = default;

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::listen(const asio::ip::address& where,
                                                          std::uint16_t port) {
    return state_->listen({where, port}, nullptr);
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::listen_tls(const tls::server_options& certificate,
                                                              const asio::ip::address& where,
                                                              std::uint16_t port) {
    return state_->listen({where, port}, &certificate);
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::listen_tls(const issued_certificate& certificate,
                                                              const asio::ip::address& where,
                                                              std::uint16_t port) {
    return listen_tls(detail::options_of(certificate), where, port);
}

DRAGLINE_DECL http_server& http_server::certificate_for(std::string_view server_name,
                                                        const issued_certificate& certificate) {
    return certificate_for(server_name, detail::options_of(certificate));
}

DRAGLINE_DECL http_server& http_server::certificate_for(std::string_view server_name,
                                                        const tls::server_options& certificate) {
    state_->set_certificate(server_name, certificate);
    return *this;
}

DRAGLINE_DECL http_server& http_server::on(std::string path, http_script script) {
    return on_host({}, std::move(path), std::move(script));
}

DRAGLINE_DECL http_server& http_server::on_host(std::string_view host, std::string path, http_script script) {
    state_->routes.add(host, std::move(path), std::move(script));
    return *this;
}

DRAGLINE_DECL http_server& http_server::fail_connections(std::size_t count, ending how) {
    state_->fail_connections(count, how);
    return *this;
}

DRAGLINE_DECL asio::ip::tcp::endpoint http_server::endpoint() const { return state_->first_place().first; }

DRAGLINE_DECL std::string http_server::url(std::string_view target) const {
    const auto [place, secure] = state_->first_place();
    std::string out = secure ? "https://" : "http://";
    out += place.address().is_v6() ? "[" + place.address().to_string() + "]" : place.address().to_string();
    return out.append(":").append(std::to_string(place.port())).append(target);
}

DRAGLINE_DECL std::vector<http_request> http_server::requests() const { return state_->log.entries(); }
DRAGLINE_DECL std::size_t http_server::request_count() const { return state_->log.size(); }
DRAGLINE_DECL void http_server::clear_requests() { state_->log.clear(); }

DRAGLINE_DECL std::uint64_t http_server::connection_count() const { return state_->log.counts().connections; }
DRAGLINE_DECL std::uint64_t http_server::open_connections() const {
    return state_->log.counts().open_connections;
}
DRAGLINE_DECL std::uint64_t http_server::malformed_requests() const {
    return state_->log.counts().malformed_requests;
}
DRAGLINE_DECL std::uint64_t http_server::failed_handshakes() const {
    return state_->log.counts().failed_handshakes;
}

DRAGLINE_DECL bool http_server::wait_for_requests(std::size_t count, duration limit) const {
    return state_->log.wait(limit, [&](const auto& seen, const auto&) { return seen.size() >= count; });
}

DRAGLINE_DECL bool http_server::wait_for_open_connections(std::size_t count, duration limit) const {
    return state_->log.wait(
        limit, [&](const auto&, const auto& counts) { return counts.open_connections == count; });
}

}  // namespace dragline::testing

#endif
// ---- dragline/testing/manual_clock.hpp
// Time and randomness that a test decides.


#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>

namespace dragline::inline v1::testing {

/// Stands still until it is told to move on. Threads: any.
///
/// A loop notices a jump within a millisecond of real time, or at once when it has something else to do.
class manual_clock final : public async::clock {
public:
    manual_clock() {}

    async::time_point now() noexcept override { return async::time_point(async::duration(now_)); }
    /// Begins with the year 2000.
    std::chrono::system_clock::time_point wall_time() noexcept override {
        constexpr auto begin = std::chrono::sys_days(std::chrono::January / 1 / 2000);
        return begin + std::chrono::duration_cast<std::chrono::system_clock::duration>(now() - start());
    }
    async::duration longest_sleep() const noexcept override { return std::chrono::milliseconds(1); }

    void advance(async::duration by) noexcept { now_ += by.count(); }

private:
    static constexpr async::time_point start() noexcept { return async::time_point(std::chrono::hours(1)); }

    std::atomic<async::duration::rep> now_ = start().time_since_epoch().count();
};

/// The same numbers for the same seed, on every platform. Threads: the loop's own.
class seeded_random final : public async::random_source {
public:
    explicit seeded_random(std::uint64_t seed = 1) : engine_(seed) {}
    result_type operator()() override { return engine_(); }

private:
    std::mt19937_64 engine_;
};

}  // namespace dragline::testing
// ---- dragline/testing/ocsp_response.hpp
// OCSP responses for certificates of a test authority, good ones and bad ones, to be stapled by a server.
// Start with `make_ocsp_response`.


#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace dragline::inline v1::testing {

/// What a response shall say: by default "good", from an hour ago until tomorrow, signed by the issuer.
class ocsp_answer {
public:
    using time_point = std::chrono::system_clock::time_point;
    enum class verdict { good, revoked, unknown };

    ocsp_answer() {}
    explicit ocsp_answer(verdict says) : says_(says) {}
    verdict says() const noexcept { return says_; }

    ocsp_answer& this_update(time_point value) { return this_update_ = value, *this; }
    time_point this_update() const noexcept { return this_update_; }
    /// None: the response names no end.
    ocsp_answer& next_update(std::optional<time_point> value) { return next_update_ = value, *this; }
    const std::optional<time_point>& next_update() const noexcept { return next_update_; }

    /// Was good until an hour ago.
    ocsp_answer& expired();

    /// Signed with this certificate, which is sent along, not by the issuer: to be good, it needs
    /// certificate_request::ocsp_signing() and the same issuer.
    ocsp_answer& responder(issued_certificate certificate) {
        return responder_ = std::move(certificate), *this;
    }
    const std::optional<issued_certificate>& responder() const noexcept { return responder_; }

private:
    verdict says_ = verdict::good;
    time_point this_update_ = std::chrono::system_clock::now() - std::chrono::hours(1);
    std::optional<time_point> next_update_ = std::chrono::system_clock::now() + std::chrono::hours(24);
    std::optional<issued_certificate> responder_;
};

/// A response about this certificate in DER, for server_options::ocsp_response(). What fails throws
/// std::runtime_error.
DRAGLINE_DECL std::string make_ocsp_response(const issued_certificate& about,
                                             const ocsp_answer& answer = ocsp_answer());

/// A response in which the responder says that it is too busy.
DRAGLINE_DECL std::string make_ocsp_failure();

}  // namespace dragline::inline v1::testing

// ---- dragline/testing/impl/ocsp_response.ipp
// Included by <dragline/testing/ocsp_response.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <openssl/bio.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include <memory>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL std::shared_ptr<X509> read_certificate_pem(const std::string& pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::shared_ptr<X509> read(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr), X509_free);
    require_made(read != nullptr, "a certificate of PEM");
    return read;
}

DRAGLINE_DECL std::shared_ptr<EVP_PKEY> read_key_pem(const std::string& pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::shared_ptr<EVP_PKEY> read(PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr),
                                   EVP_PKEY_free);
    require_made(read != nullptr, "a key of PEM");
    return read;
}

using asn1_time_pointer = std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)>;

DRAGLINE_DECL asn1_time_pointer ocsp_time(ocsp_answer::time_point when) {
    return {ASN1_GENERALIZEDTIME_set(nullptr, std::chrono::system_clock::to_time_t(when)),
            ASN1_GENERALIZEDTIME_free};
}

DRAGLINE_DECL std::string encode_ocsp(int status, OCSP_BASICRESP* basic) {
    const std::unique_ptr<OCSP_RESPONSE, void (*)(OCSP_RESPONSE*)> response(
        OCSP_response_create(status, basic), OCSP_RESPONSE_free);
    unsigned char* der = nullptr;
    const int size = response ? i2d_OCSP_RESPONSE(response.get(), &der) : -1;
    require_made(size > 0, "an OCSP response");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace detail

DRAGLINE_DECL ocsp_answer& ocsp_answer::expired() {
    const auto now = std::chrono::system_clock::now();
    return this_update(now - std::chrono::hours(48)).next_update(now - std::chrono::hours(1));
}

DRAGLINE_DECL std::string make_ocsp_response(const issued_certificate& about, const ocsp_answer& answer) {
    const auto subject = detail::read_certificate_pem(about.chain_pem);
    auto key = about.issuer_key;
    auto signer = about.issuer;
    if (!signer) key = detail::read_key_pem(about.private_key_pem), signer = subject;  // self-signed
    const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> basic(OCSP_BASICRESP_new(),
                                                                           OCSP_BASICRESP_free);
    const std::unique_ptr<OCSP_CERTID, void (*)(OCSP_CERTID*)> id(
        OCSP_cert_to_id(nullptr, subject.get(), signer.get()), OCSP_CERTID_free);
    const auto begins = detail::ocsp_time(answer.this_update());
    detail::asn1_time_pointer ends(nullptr, ASN1_GENERALIZEDTIME_free);
    if (answer.next_update()) ends = detail::ocsp_time(*answer.next_update());
    const int status = answer.says() == ocsp_answer::verdict::good      ? V_OCSP_CERTSTATUS_GOOD
                       : answer.says() == ocsp_answer::verdict::revoked ? V_OCSP_CERTSTATUS_REVOKED
                                                                        : V_OCSP_CERTSTATUS_UNKNOWN;
    const bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
    detail::require_made(
        basic && id &&
            OCSP_basic_add1_status(basic.get(), id.get(), status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                                   revoked ? begins.get() : nullptr, begins.get(), ends.get()) != nullptr,
        "an OCSP answer");
    unsigned long flags = OCSP_NOCERTS;
    if (answer.responder()) {
        signer = detail::read_certificate_pem(answer.responder()->chain_pem);
        key = detail::read_key_pem(answer.responder()->private_key_pem);
        flags = 0;
    }
    detail::require_made(
        OCSP_basic_sign(basic.get(), signer.get(), key.get(), EVP_sha256(), nullptr, flags) == 1,
        "an OCSP signature");
    return detail::encode_ocsp(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get());
}

DRAGLINE_DECL std::string make_ocsp_failure() {
    return detail::encode_ocsp(OCSP_RESPONSE_STATUS_TRYLATER, nullptr);
}

}  // namespace dragline::inline v1::testing

#endif
// ---- dragline/testing/sockets.hpp
// Places on loopback where a connection fails in a known way. Start with dead_port and black_hole.


#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>

namespace dragline::inline v1::testing {

/// A TCP port where nobody listens, and nobody else can: connections are refused while this object lives.
class dead_port {
public:
    /// Takes a free port of `where`, which is 127.0.0.1, another address of 127/8, or ::1.
    explicit dead_port(const asio::ip::address& where = asio::ip::address_v4::loopback());
    ~dead_port();
    dead_port(const dead_port&) = delete;
    dead_port& operator=(const dead_port&) = delete;

    const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    std::uint16_t port() const noexcept { return endpoint_.port(); }

private:
    struct sockets;
    std::unique_ptr<sockets> sockets_;
    asio::ip::tcp::endpoint endpoint_;
};

/// A TCP port whose queue of connections is full: on Linux a connection attempt hangs, unanswered.
///
/// A listener that never accepts, and as many connections as its queue takes. Constructing one takes 0.1 s,
/// the wait that proves the queue full; throws std::system_error when it does not fill.
class black_hole {
public:
    explicit black_hole(const asio::ip::address& where = asio::ip::address_v4::loopback());
    ~black_hole();
    black_hole(const black_hole&) = delete;
    black_hole& operator=(const black_hole&) = delete;

    const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    std::uint16_t port() const noexcept { return endpoint_.port(); }

private:
    struct sockets;
    std::unique_ptr<sockets> sockets_;
    asio::ip::tcp::endpoint endpoint_;
};

}  // namespace dragline::testing

// ---- dragline/testing/impl/sockets.ipp
// Included by <dragline/testing/sockets.hpp> only.

#if DRAGLINE_HEADER_BODIES

#include <asio/io_context.hpp>

#include <chrono>
#include <list>
#include <optional>
#include <system_error>

namespace dragline::inline v1::testing {

struct dead_port::sockets {
    asio::io_context context{1};
    asio::ip::tcp::socket bound{context};
};

DRAGLINE_DECL dead_port::dead_port(const asio::ip::address& where) : sockets_(std::make_unique<sockets>()) {
    const asio::ip::tcp::endpoint wanted(where, 0);
    sockets_->bound.open(wanted.protocol());
    sockets_->bound.bind(wanted);
    endpoint_ = sockets_->bound.local_endpoint();
}

DRAGLINE_DECL dead_port::~dead_port() = default;

struct black_hole::sockets {
    asio::io_context context{1};
    asio::ip::tcp::acceptor listener{context};
    std::list<asio::ip::tcp::socket> fillers;

    // Opens one more connection; false when it hangs.
    bool fill(const asio::ip::tcp::endpoint& where) {
        std::optional<std::error_code> outcome;
        fillers.emplace_back(context).async_connect(where, [&](std::error_code ec) { outcome = ec; });
        context.restart();
        context.run_for(std::chrono::milliseconds(100));
        if (outcome && *outcome) throw std::system_error(*outcome, "black_hole");
        return outcome.has_value();
    }
};

DRAGLINE_DECL black_hole::black_hole(const asio::ip::address& where) : sockets_(std::make_unique<sockets>()) {
    constexpr int most_fillers = 256;  // systems round the queue up, Linux from 0 to 1
    const asio::ip::tcp::endpoint wanted(where, 0);
    sockets_->listener.open(wanted.protocol());
    sockets_->listener.bind(wanted);
    sockets_->listener.listen(0);
    endpoint_ = sockets_->listener.local_endpoint();
    int count = 0;
    while (sockets_->fill(endpoint_)) {
        if (++count == most_fillers) {
            throw std::system_error(std::make_error_code(std::errc::not_supported),
                                    "black_hole: the listener keeps taking connections");
        }
    }
}

DRAGLINE_DECL black_hole::~black_hole() = default;

}  // namespace dragline::testing

#endif
