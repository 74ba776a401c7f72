// Names to addresses and back, on c-ares: asynchronous, cached for as long as TTLs say, with every failure
// told apart. Start with resolve.hpp, the operations; resolver.hpp holds what look-ups share; wire/ reads and
// writes messages.
#pragma once

#include <dragline/dns/address_order.hpp>
#include <dragline/dns/answer.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/cache.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/hosts_file.hpp>
#include <dragline/dns/lookup_quota.hpp>
#include <dragline/dns/name.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/query.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/records/presentation.hpp>
#include <dragline/dns/records/record_data.hpp>
#include <dragline/dns/records/record_type.hpp>
#include <dragline/dns/records/security_data.hpp>
#include <dragline/dns/records/service_binding.hpp>
#include <dragline/dns/resolv_conf.hpp>
#include <dragline/dns/resolve.hpp>
#include <dragline/dns/resolve_all.hpp>
#include <dragline/dns/resolve_many.hpp>
#include <dragline/dns/resolve_records.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/dns/response.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/dns/wildcards/probe_wildcard.hpp>
#include <dragline/dns/wildcards/wildcard_canary.hpp>
#include <dragline/dns/wildcards/wildcard_evidence.hpp>
#include <dragline/dns/wildcards/wildcard_options.hpp>
#include <dragline/dns/wire/message.hpp>
#include <dragline/dns/wire/name.hpp>
#include <dragline/dns/wire/option.hpp>
#include <dragline/dns/wire/query_form.hpp>
#include <dragline/dns/wire/record_data.hpp>
