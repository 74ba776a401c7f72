// One or two records of each type with data of its own: the text and the bytes of the same data, from the
// RFCs where they have examples, else put together by hand.
#pragma once

#include <dragline/dns/records/record_type.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dragline::test {

using dns::record_type;

struct record_sample {
    record_type type;
    std::size_t shorter;    // how many beginnings of the bytes are data of this type as well
    std::string_view text;  // as to_string() writes it
    std::string_view hex;
};

inline constexpr record_sample record_samples[] = {
    {record_type::a, 0, "192.0.2.1", "c0000201"},
    {record_type::aaaa, 0, "2001:db8::1", "20010db8000000000000000000000001"},
    {record_type::cname, 0, "www.example.org.", "03777777076578616d706c65036f726700"},
    {record_type::ns, 0, "ns.example.org.", "026e73076578616d706c65036f726700"},
    {record_type::ptr, 0, "host.example.org.", "04686f7374076578616d706c65036f726700"},
    {record_type::dname, 0, "d.example.org.", "0164076578616d706c65036f726700"},
    {record_type::soa, 0, "ns.example.org. root.example.org. 4000000000 1 2 3 4",
     "026e73076578616d706c65036f72670004726f6f74076578616d706c65036f726700ee6b280000000001000000020000"
     "000300000004"},
    {record_type::mx, 0, "10 mx.example.org.", "000a026d78076578616d706c65036f726700"},
    {record_type::txt, 2, "\"v=spf1 -all\" \"\" \"a\\\"b\\\\c\\000\\255\"",
     "0b763d73706631202d616c6c00076122625c6300ff"},
    {record_type::srv, 0, "0 1 9 old-slow-box.example.com.",
     "0000000100090c6f6c642d736c6f772d626f78076578616d706c6503636f6d00"},
    {record_type::naptr, 0, "100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" .",
     "0064000a000021215e75726e3a6369643a2e2b40285b5e5c2e5d2b5c2e29282e2a2924215c32216900"},
    {record_type::naptr, 0, "100 50 \"a\" \"z3950+N2L+N2C\" \"\" cidserver.example.com.",
     "0064003201610d7a333935302b4e324c2b4e32430009636964736572766572076578616d706c6503636f6d00"},
    {record_type::caa, 15, "0 issue \"ca1.example.net\"", "000569737375656361312e6578616d706c652e6e6574"},
    {record_type::caa, 7, "128 tbs \"Unknown\"", "8003746273556e6b6e6f776e"},
    {record_type::uri, 28, "10 1 \"ftp://ftp1.example.com/public\"",
     "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963"},
    {record_type::dnskey, 130,
     "256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8nokfzj31GajIQKY+5C"
     "ptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/TpPSED"
     "hm2SNKLijfUppn1UaNvv4w==",
     "010003050103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e891fc"
     "e3df519a8c840a63ee42a6d2ebddbb97035d215aa4e417b1fa45fa11a9741ea2098c1dfa5fb5feb332fd4bc8152089ae"
     "f36ba644cce2413b3b72be18cbef8da253f4e93d2103866d9234a2e28df529a67d5468dbefe3"},
    {record_type::rrsig, 128,
     "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0"
     "MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0"
     "Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=",
     "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b43109"
     "20e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfafea807dc1fba1dc34c95d401f2"
     "3f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062790fa7f01"
     "66f2737eea907378341fb12dc0a77a"},
    {record_type::ds, 20, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
     "ec4505012bb183af5f22588179a53b0a98631fad1a292118"},
    {record_type::nsec, 1, "host.example.com. A MX RRSIG NSEC TYPE1234",
     "04686f7374076578616d706c6503636f6d000006400100000003041b0000000000000000000000000000000000000000"
     "00000000000020"},
    {record_type::tlsa, 32, "0 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
     "000001d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971"},
    {record_type::sshfp, 20, "2 1 123456789ABCDEF67890123456789ABCDEF67890",
     "0201123456789abcdef67890123456789abcdef67890"},
    {record_type::svcb, 0, "0 foo.example.com.", "000003666f6f076578616d706c6503636f6d00"},
    {record_type::https, 7,
     "1 . alpn=\"h2,h3\" no-default-alpn port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=\"AEX"
     "+DQ==\" ipv6hint=2001:db8::1 key667=\"x\"",
     "00010000010006026832026833000200000003000220fb00040008c0000201c0000202000500040045fe0d0006001020"
     "010db8000000000000000000000001029b000178"},
};

// Spaces are left out.
inline std::vector<std::uint8_t> from_hex(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    bool half = false;
    for (const char c : text) {
        if (c == ' ') continue;
        const auto digit = static_cast<std::uint8_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        if (half) {
            bytes.back() = static_cast<std::uint8_t>(bytes.back() << 4 | digit);
        } else {
            bytes.push_back(digit);
        }
        half = !half;
    }
    return bytes;
}

}  // namespace dragline::test
