// An intrusive list that its members know how to leave.
#pragma once

#include <dragline/core/features.hpp>

namespace dragline::inline v1::async::detail {

// A head is linked to itself, a member outside any list to nothing.
struct list_link {
    list_link* previous = nullptr;
    list_link* next = nullptr;

    list_link() = default;
    list_link(const list_link&) = delete;
    list_link& operator=(const list_link&) = delete;

    void make_head() noexcept { previous = next = this; }
    bool linked() const noexcept { return next != nullptr; }
    bool empty() const noexcept { return next == this; }  // of a head
    void unlink() noexcept {
        previous->next = next;
        next->previous = previous;
        previous = next = nullptr;
    }
    void push_back(list_link& link) noexcept {
        link.previous = previous;
        link.next = this;
        previous->next = &link;
        previous = &link;
    }
};

}  // namespace dragline::async::detail
