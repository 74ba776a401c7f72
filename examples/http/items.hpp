// The items of a command line, as HTTPie has them. Start with parse_item().
//
//     Name:value     a header field; "Name:" with nothing sends none
//     name=value     a string of the JSON object, or a field of the form
//     name:=json     a member of the JSON object, as it is
//     name==value    a parameter of the query
//     name@file      a file of a multipart form
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace http_command {

enum class item_kind { header, field, json, query, file };

struct item {
    item_kind kind;
    std::string name;
    std::string value;
};

/// The first separator that no backslash escapes divides name and value; nothing where there is none, or no
/// name.
inline std::optional<item> parse_item(std::string_view text) {
    struct mark {
        std::string_view text;
        item_kind kind;
    };
    static constexpr std::array<mark, 5> marks{{{":=", item_kind::json},
                                                {"==", item_kind::query},
                                                {"=", item_kind::field},
                                                {":", item_kind::header},
                                                {"@", item_kind::file}}};
    std::string name;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto rest = text.substr(at);
        if (rest.size() > 1 && rest[0] == '\\' && std::string_view(":=@\\").find(rest[1]) != rest.npos) {
            name += rest[1];
            ++at;
            continue;
        }
        for (const auto& each : marks) {
            if (!rest.starts_with(each.text)) continue;
            if (name.empty()) return std::nullopt;
            return item{each.kind, name, std::string(rest.substr(each.text.size()))};
        }
        name += rest[0];
    }
    return std::nullopt;
}

}  // namespace http_command
