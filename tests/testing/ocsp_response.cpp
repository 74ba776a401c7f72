#include <dragline/testing/ocsp_response.hpp>

#include <catch2/catch_test_macros.hpp>

#include <openssl/ocsp.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using namespace dragline::testing;

static_assert(!std::is_aggregate_v<ocsp_answer> && !std::is_aggregate_v<issued_certificate>);

namespace {

// The status of the response, and what it says of its one certificate; -1 where it says nothing.
std::pair<int, int> statuses(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<OCSP_RESPONSE, void (*)(OCSP_RESPONSE*)> response(
        d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())), OCSP_RESPONSE_free);
    REQUIRE(response);
    const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> basic(
        OCSP_response_get1_basic(response.get()), OCSP_BASICRESP_free);
    const int outer = OCSP_response_status(response.get());
    if (!basic) return {outer, -1};
    return {outer,
            OCSP_single_get0_status(OCSP_resp_get0(basic.get(), 0), nullptr, nullptr, nullptr, nullptr)};
}

}  // namespace

TEST_CASE("a response says what it is asked to say", "[testing][ocsp_response]") {
    const certificate_authority authority;
    const auto issued = authority.issue(certificate_request().name("a.test"));
    using verdict = ocsp_answer::verdict;
    CHECK(statuses(make_ocsp_response(issued)).second == V_OCSP_CERTSTATUS_GOOD);
    CHECK(statuses(make_ocsp_response(issued, ocsp_answer(verdict::revoked))).second ==
          V_OCSP_CERTSTATUS_REVOKED);
    CHECK(statuses(make_ocsp_response(issued, ocsp_answer(verdict::unknown))).second ==
          V_OCSP_CERTSTATUS_UNKNOWN);
    CHECK(statuses(make_ocsp_failure()).first == OCSP_RESPONSE_STATUS_TRYLATER);
    const auto own = authority.issue(certificate_request().name("a.test").self_signed());
    CHECK(statuses(make_ocsp_response(own)).second == V_OCSP_CERTSTATUS_GOOD);
}
