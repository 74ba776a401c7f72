// Included by <dragline/tls/peer_info.hpp> only.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/peer_state.hpp>
#include <dragline/tls/detail/pin_check.hpp>
#include <dragline/tls/pin.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <ctime>

namespace dragline::inline v1::tls {
namespace detail {

DRAGLINE_DECL std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

DRAGLINE_DECL std::string one_line(const X509_NAME* name) {
    const bio_pointer memory(BIO_new(BIO_s_mem()));
    if (!memory || !name) return {};
    // UTF-8 stays readable; controls are escaped.
    X509_NAME_print_ex(memory.get(), name, 0,
                       XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    return text_of(memory.get());
}

DRAGLINE_DECL std::string printable(const ASN1_STRING* text, unsigned long flags) {
    const bio_pointer memory(BIO_new(BIO_s_mem()));
    if (!memory || !text) return {};
    ASN1_STRING_print_ex(memory.get(), text, flags | ASN1_STRFLGS_ESC_CTRL);
    return text_of(memory.get());
}

DRAGLINE_DECL std::string common_name(const X509_NAME* name) {
    int last = -1;
    for (int at = last; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;) last = at;
    if (last < 0) return {};
    return printable(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)), ASN1_STRFLGS_UTF8_CONVERT);
}

DRAGLINE_DECL std::string hexadecimal(const ASN1_INTEGER* number) {
    const std::unique_ptr<BIGNUM, freed_by<BN_free>> value(ASN1_INTEGER_to_BN(number, nullptr));
    if (!value) return {};
    const std::unique_ptr<char, freed_by<free_big_number_text>> text(BN_bn2hex(value.get()));
    return text ? text.get() : std::string();
}

DRAGLINE_DECL std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) noexcept {
    namespace chrono = std::chrono;
    using clock = chrono::system_clock;
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    const auto day = chrono::sys_days(chrono::year(parts.tm_year + 1900) /
                                      chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
                                      chrono::day(static_cast<unsigned>(parts.tm_mday)));
    const chrono::seconds since_epoch = day.time_since_epoch() + chrono::hours(parts.tm_hour) +
                                        chrono::minutes(parts.tm_min) + chrono::seconds(parts.tm_sec);
    // "No end" is written as the year 9999 (RFC 5280, 4.1.2.5), beyond a clock that counts nanoseconds.
    constexpr auto first = chrono::ceil<chrono::seconds>(clock::time_point::min().time_since_epoch());
    constexpr auto last = chrono::floor<chrono::seconds>(clock::time_point::max().time_since_epoch());
    return clock::time_point(chrono::duration_cast<clock::duration>(std::clamp(since_epoch, first, last)));
}

DRAGLINE_DECL std::string ipv6_text(const std::array<unsigned, 8>& groups) {
    // The longest run of two or more zero groups becomes "::" (RFC 5952, 4.2).
    std::size_t gap = groups.size(), gap_size = 1;
    for (std::size_t start = 0; start < groups.size(); ++start) {
        std::size_t end = start;
        while (end < groups.size() && groups[end] == 0) ++end;
        if (end - start > gap_size) gap = start, gap_size = end - start;
    }
    std::string text;
    char group[8];
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i == gap) {
            text += "::";
            i += gap_size - 1;
            continue;
        }
        BIO_snprintf(group, sizeof group, text.empty() || text.back() == ':' ? "%x" : ":%x", groups[i]);
        text += group;
    }
    return text;
}

DRAGLINE_DECL std::string address_text(const ASN1_OCTET_STRING* bytes) {
    const unsigned char* at = ASN1_STRING_get0_data(bytes);
    const int size = ASN1_STRING_length(bytes);
    if (size == 4) {
        char text[16];
        BIO_snprintf(text, sizeof text, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
        return text;
    }
    std::array<unsigned, 8> groups{};
    if (size != 16) return {};
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = load_big16(at + 2 * i);
    return ipv6_text(groups);
}

DRAGLINE_DECL void add_alternative_names(certificate_info& info, const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, freed_by<free_names>> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) info.names.push_back(printable(name->d.dNSName, ASN1_STRFLGS_ESC_MSB));
        if (name->type == GEN_IPADD) info.addresses.push_back(address_text(name->d.iPAddress));
    }
}

DRAGLINE_DECL std::string subject_of(const X509* certificate) {
    return certificate ? one_line(X509_get_subject_name(certificate)) : std::string();
}

DRAGLINE_DECL certificate_info describe_certificate(X509* certificate) {
    certificate_info info;
    info.subject = subject_of(certificate);
    info.issuer = one_line(X509_get_issuer_name(certificate));
    info.subject_common_name = common_name(X509_get_subject_name(certificate));
    info.issuer_common_name = common_name(X509_get_issuer_name(certificate));
    info.serial = hexadecimal(X509_get0_serialNumber(certificate));
    info.not_before = time_of(X509_get0_notBefore(certificate));
    info.not_after = time_of(X509_get0_notAfter(certificate));
    add_alternative_names(info, certificate);
    if (const auto digest = public_key_digest(certificate)) info.pin = public_key_pin(*digest).text();
    if (const int size = i2d_X509(certificate, nullptr); size > 0) {
        info.der.resize(static_cast<std::size_t>(size));
        auto* to = reinterpret_cast<unsigned char*>(info.der.data());
        i2d_X509(certificate, &to);
    }
    clear_errors();
    return info;
}

DRAGLINE_DECL std::vector<certificate_info> describe_chain(const STACK_OF(X509) * chain) {
    std::vector<certificate_info> all;
    const int count = chain ? sk_X509_num(chain) : 0;
    all.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) all.push_back(describe_certificate(sk_X509_value(chain, i)));
    return all;
}

DRAGLINE_DECL peer_state::~peer_state() {
    free_chain(chain);
    free_chain(verified);
    X509_free(failed_certificate);
}

}  // namespace detail

DRAGLINE_DECL std::string_view peer_info::version() const noexcept {
    return state_ ? state_->version : std::string_view();
}

DRAGLINE_DECL std::string_view peer_info::cipher() const noexcept {
    return state_ ? state_->cipher : std::string_view();
}

DRAGLINE_DECL std::string_view peer_info::alpn() const noexcept {
    return state_ ? std::string_view(state_->alpn) : std::string_view();
}

DRAGLINE_DECL bool peer_info::resumed() const noexcept { return state_ && state_->resumed; }

DRAGLINE_DECL std::vector<certificate_info> peer_info::chain() const {
    return detail::describe_chain(state_ ? state_->chain : nullptr);
}

DRAGLINE_DECL std::vector<certificate_info> peer_info::verified_chain() const {
    return detail::describe_chain(state_ ? state_->verified : nullptr);
}

DRAGLINE_DECL ocsp_status peer_info::ocsp() const noexcept {
    return state_ ? state_->ocsp : ocsp_status::unchecked;
}

DRAGLINE_DECL std::optional<verify_failure> peer_info::failure() const {
    if (!state_ || !state_->failed_reason) return std::nullopt;
    verify_failure found;
    found.ec = state_->failed_code;
    found.depth = state_->failed_depth;
    found.reason = state_->failed_reason;
    if (state_->failed_certificate) {
        found.certificate = detail::describe_certificate(state_->failed_certificate);
    }
    return found;
}

}  // namespace dragline::inline v1::tls

#endif
