// A folder that goes with its test.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace dragline::test {

class temporary_folder {
public:
    temporary_folder() {
        std::random_device random;
        path_ = std::filesystem::temp_directory_path() / ("dragline-test-" + std::to_string(random()));
        std::filesystem::create_directory(path_);
    }
    ~temporary_folder() { std::filesystem::remove_all(path_); }
    temporary_folder(const temporary_folder&) = delete;

    std::string path() const { return path_.string(); }
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string file(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return file(name);
    }

    /// How many there are.
    auto files() const {
        const std::filesystem::directory_iterator all(path_);
        return std::distance(begin(all), end(all));
    }

private:
    std::filesystem::path path_;
};

}  // namespace dragline::test
