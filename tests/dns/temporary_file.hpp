// A file of a test, in the system's folder for such.
#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

namespace dragline::test {

class temporary_file {
public:
    explicit temporary_file(std::string_view text) {
        std::random_device random;
        path_ = std::filesystem::temp_directory_path() /
                ("dragline-test-" + std::to_string(random()) + "-" + std::to_string(random()));
        write(text);
    }
    ~temporary_file() { remove(); }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    std::string path() const { return path_.string(); }
    void write(std::string_view text) { std::ofstream(path_, std::ios::binary) << text; }
    void remove() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

private:
    std::filesystem::path path_;
};

}  // namespace dragline::test
