#include <dragline/testing/certificate_authority.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

using namespace dragline::testing;

static_assert(!std::is_aggregate_v<certificate_request> && !std::is_aggregate_v<issued_certificate>);

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("an authority issues a certificate with its key", "[testing][certificate_authority]") {
    const certificate_authority authority;
    const auto issued = authority.issue(certificate_request().name("example.com").address("127.0.0.1"));
    CHECK(count_of(authority.certificate_pem(), "-----BEGIN CERTIFICATE-----") == 1);
    CHECK(count_of(issued.chain_pem, "-----BEGIN CERTIFICATE-----") == 1);
    CHECK(count_of(issued.private_key_pem, "-----BEGIN PRIVATE KEY-----") == 1);
}

TEST_CASE("an intermediate is part of the chain", "[testing][certificate_authority]") {
    const auto issued = certificate_authority().issue(certificate_request().name("a.test").intermediate());
    CHECK(count_of(issued.chain_pem, "-----BEGIN CERTIFICATE-----") == 2);
}

TEST_CASE("authorities and certificates are all different", "[testing][certificate_authority]") {
    const certificate_authority one, two;
    CHECK(one.certificate_pem() != two.certificate_pem());
    const auto request = certificate_request().name("a.test");
    CHECK(one.issue(request).chain_pem != one.issue(request).chain_pem);
}

TEST_CASE("a request that cannot be met throws", "[testing][certificate_authority]") {
    CHECK_THROWS_AS(certificate_authority().issue(certificate_request().address("no address")),
                    std::runtime_error);
}
