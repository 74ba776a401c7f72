// The content of a file, or a part of it.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/detail/body_source.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dragline::inline v1::http::detail {

class file_content final : public body_content {
public:
    file_content(std::string path, std::uint64_t offset, std::optional<std::uint64_t> length)
        : path_(std::move(path)), offset_(offset), length_(length) {}

    result<std::optional<std::uint64_t>> size() const override;
    result<std::unique_ptr<body_source>> open() const override;

private:
    result<std::uint64_t> size_within(std::uint64_t whole) const;

    std::string path_;
    std::uint64_t offset_;
    std::optional<std::uint64_t> length_;  // nothing: to the end
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/file_content.ipp>
