// Included by <dragline/dns/wire/record_data.hpp> only.
#pragma once

#include <dragline/dns/detail/record_reader.hpp>
#include <dragline/dns/detail/record_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::wire {

DRAGLINE_DECL result<record_data> decode_record_data(record_type type, byte_view bytes) {
    if (bytes.size() > max_data_size) return errc::malformed_message;
    dns::detail::message_reader in(bytes);
    record_data data;
    dns::detail::read_record_data(in, type, record_class::internet, data);
    if (in.failed() || in.left() != 0) return errc::malformed_message;
    // A name that points into the data would be read; but what is written again is then longer.
    const auto written = encode_record_data(data);
    if (!written || !std::equal(written->begin(), written->end(), bytes.begin(), bytes.end()))
        return errc::malformed_message;
    return data;
}

DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_record_data(const record_data& data) {
    using dns::detail::message_writer;
    message_writer out(max_data_size, message_writer::compression::off);
    dns::detail::write_record_data(out, data);
    return out.finish();
}

}  // namespace dragline::dns::wire

#endif
