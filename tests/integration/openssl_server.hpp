// openssl s_server, which says in its page what was agreed on.
#pragma once

#include "../support/http_client.hpp"
#include "configured_server.hpp"
#include "server_process.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dragline::test {

using arguments = std::vector<std::string>;

/// With these `more` arguments, in which "@F" stands for the folder that has `files`.
inline server_plan openssl_server(const arguments& more, const file_list& files = {},
                                  const testing::issued_certificate& certificate = usual_certificate()) {
    server_plan plan;
    plan.program = "openssl";
    plan.proof = "output";
    plan.proof_text = "ACCEPT";
    plan.prepare = [=](const scratch_folder& folder, const std::vector<std::uint16_t>& ports) {
        for (const auto& [name, content] : files) folder.write(name, content);
        arguments all{"s_server", "-www",
                      "-accept",  "127.0.0.1:" + std::to_string(ports.at(0)),
                      "-cert",    folder.write("chain.pem", certificate.chain_pem),
                      "-key",     folder.write("key.pem", certificate.private_key_pem)};
        for (auto each : more) {
            if (const auto at = each.find("@F"); at != each.npos) each.replace(at, 2, folder.path());
            all.push_back(std::move(each));
        }
        return all;
    };
    return plan;
}

}  // namespace dragline::test
