// A main() for fuzz targets without libFuzzer: gives each file of the folder in argv[1] to the target once,
// then every shorter beginning of it, and the empty input.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest_cut = 2048;  // beyond it only the whole file is tried

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A copy of its own for each call, so that ASan sees a read behind the end.
void replay(const std::vector<std::uint8_t>& bytes, std::size_t size) {
    const std::vector<std::uint8_t> input(bytes.data(), bytes.data() + size);
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
        std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        const auto bytes = read_file(entry.path());
        std::fprintf(stderr, "%s\n", entry.path().filename().c_str());  // the last one is the culprit
        replay(bytes, bytes.size());
        for (std::size_t size = 0; size < bytes.size() && size < longest_cut; ++size) replay(bytes, size);
        ++files;
    }
    replay({}, 0);
    std::printf("%zu files replayed\n", files);
    return files == 0;
}
