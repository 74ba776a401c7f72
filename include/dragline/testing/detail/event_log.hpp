// What a scripted server saw, for any thread to read and to wait for.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace dragline::inline v1::testing::detail {

template <class Entry, class Counts>
class event_log {
public:
    std::vector<Entry> entries() const {
        std::lock_guard lock(mutex_);
        return entries_;
    }
    std::size_t size() const {
        std::lock_guard lock(mutex_);
        return entries_.size();
    }
    template <class Wanted>
    std::size_t count_if(Wanted wanted) const {
        std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), wanted));
    }
    Counts counts() const {
        std::lock_guard lock(mutex_);
        return counts_;
    }
    void clear() {
        std::lock_guard lock(mutex_);
        entries_.clear();
    }

    void add(Entry entry) {
        std::lock_guard lock(mutex_);
        entries_.push_back(std::move(entry));
        changed_.notify_all();
    }

    // Returns change(counts).
    template <class Change>
    auto update(Change change) {
        std::lock_guard lock(mutex_);
        changed_.notify_all();
        return change(counts_);
    }

    // Until met(entries, counts); false when the time is over before.
    template <class Condition>
    bool wait(std::chrono::milliseconds limit, Condition met) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [&] { return met(entries_, counts_); });
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Entry> entries_;
    Counts counts_;
};

}  // namespace dragline::testing::detail
