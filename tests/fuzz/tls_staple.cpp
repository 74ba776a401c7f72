// Property: a stapled OCSP response that was tampered with is "good" or "revoked" only as long as the part
// that the issuer signed is untouched; a certificate is refused unless the response is good; and an engine
// always ends, with one of our errors. The input edits an honest response: first which one, then triples of
// place and byte; what is left over is cut off its end.
#include <dragline/tls/engine.hpp>

#include <tls/engine_pair.hpp>

#include <dragline/testing/ocsp_response.hpp>

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace dragline;

namespace {

void require(bool held) {
    if (!held) std::abort();
}

struct honest_response {
    std::string bytes;
    std::string signed_part;
};

honest_response with_signed_part(std::string bytes) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const std::unique_ptr<OCSP_RESPONSE, void (*)(OCSP_RESPONSE*)> response(
        d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(bytes.size())), OCSP_RESPONSE_free);
    const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> basic(
        OCSP_response_get1_basic(response.get()), OCSP_BASICRESP_free);
    require(basic != nullptr);
    unsigned char* der = nullptr;
    const int size =
        i2d_OCSP_RESPDATA(const_cast<OCSP_RESPDATA*>(OCSP_resp_get0_respdata(basic.get())), &der);
    std::string part(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return {std::move(bytes), std::move(part)};
}

struct scene {
    testing::issued_certificate certificate =
        test::shared_authority().issue(testing::certificate_request().name("example.com"));
    std::vector<honest_response> responses;
    tls::context lenient = test::example_client();
    tls::context strict = test::example_client(test::trusting().ocsp(tls::ocsp_check::required));

    scene() {
        using answer = testing::ocsp_answer;
        const auto delegate =
            test::shared_authority().issue(testing::certificate_request().name("responder").ocsp_signing());
        for (const auto& each : {answer(), answer(answer::verdict::revoked), answer().responder(delegate)}) {
            responses.push_back(with_signed_part(testing::make_ocsp_response(certificate, each)));
        }
    }
};

const scene& shared() {
    static const scene made;
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto& honest = shared().responses[data[0] % shared().responses.size()];
    std::string bytes = honest.bytes;
    std::size_t at = 1;
    for (; at + 3 <= size; at += 3) {
        bytes[(data[at] * 256u + data[at + 1]) % bytes.size()] = static_cast<char>(data[at + 2]);
    }
    bytes.resize(bytes.size() - (size - at));
    const auto server = tls::context::make_server(tls::server_options()
                                                      .certificate_chain_pem(shared().certificate.chain_pem)
                                                      .private_key_pem(shared().certificate.private_key_pem)
                                                      .ocsp_response(bytes))
                            .value();
    for (const auto* client : {&shared().lenient, &shared().strict}) {
        test::engine_pair pair(*client, server);
        pair.connect();
        const auto status = pair.client.peer().ocsp();
        const bool untouched = bytes.find(honest.signed_part) != bytes.npos;
        if (status == tls::ocsp_status::good || status == tls::ocsp_status::revoked) require(untouched);
        if (bytes == honest.bytes) {
            const bool revoked = data[0] % shared().responses.size() == 1;
            require(status == (revoked ? tls::ocsp_status::revoked : tls::ocsp_status::good));
        }
        if (client == &shared().strict) require(!pair.client_error == (status == tls::ocsp_status::good));
        require(!pair.client_error || pair.client_error == condition::tls_failed);
        require(pair.client.handshake_done() == !pair.client_error);
        require(pair.client.peer().failure().has_value() == bool(pair.client_error));
        require(ERR_peek_error() == 0);
    }
    return 0;
}
