// Brings outcomes back into the order of the names, and knows up to which name all is done. No I/O. Start
// with ledger.
#pragma once

#include "finding.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace subdomains {

/// Holds 16 bytes for each name between the first that is not done and the last that was taken.
class ledger {
public:
    /// `questions` are asked of each name; `done` names were done in earlier runs.
    explicit ledger(std::size_t questions, std::uint64_t done = 0) : questions_(questions), done_(done) {}

    /// The next name was taken; a canary does not count.
    void open(bool counts = true) {
        open_.push_back({nullptr, static_cast<std::uint32_t>(questions_), counts});
        unanswered_ += questions_;
    }

    /// One question about the name with this index, from 0 in the order of open(), is done. Calls
    /// `emit(std::vector<finding>)` for each name that is done, and all before it, and left something.
    template <class Emit>
    void close(std::size_t index, std::optional<finding> what, Emit emit) {
        auto& now = open_.at(index - first_);
        if (what) {
            if (!now.findings) now.findings = std::make_unique<std::vector<finding>>();
            now.findings->push_back(*std::move(what));
        }
        --now.left;
        --unanswered_;
        while (!open_.empty() && open_.front().left == 0) {
            const auto front = std::move(open_.front());
            open_.pop_front();
            ++first_;
            done_ += front.counts ? 1 : 0;
            if (front.findings) emit(std::move(*front.findings));
        }
    }

    bool counts(std::size_t index) const { return open_.at(index - first_).counts; }

    /// Whether close() would be the last for this name.
    bool is_last_question(std::size_t index) const { return open_.at(index - first_).left == 1; }

    /// Hands out what waits for names before it, for a run that ends here for good.
    template <class Emit>
    void drain(Emit emit) {
        for (auto& each : open_) {
            if (each.findings) emit(std::move(*std::exchange(each.findings, nullptr)));
        }
    }

    std::uint64_t done() const { return done_; }  ///< Names up to the first that is not done.
    std::size_t held() const { return open_.size(); }
    std::size_t unanswered() const { return unanswered_; }  ///< Questions about names that were taken.

private:
    struct entry {
        std::unique_ptr<std::vector<finding>> findings;
        std::uint32_t left;
        bool counts;
    };
    std::deque<entry> open_;
    std::size_t first_ = 0;  // the index of open_.front()
    std::size_t questions_;
    std::size_t unanswered_ = 0;
    std::uint64_t done_;
};

}  // namespace subdomains
