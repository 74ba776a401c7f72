# The test files that the extra builds run; `./dev test` runs every file in the dev preset.

# Header-only and single header: bodies and headers work without the library, in all ranks. The second is one
# translation unit, so these files must not shadow each other.
set(subset_plain
  async/run.cpp
  core/error.cpp
  net/connect.cpp
  url/url.cpp)

# Data races: whatever more than one thread touches, and the soak.
set(subset_tsan
  async/blocking_pool.cpp
  async/callback_failure.cpp
  async/dispatcher.cpp
  async/dispatcher_limits.cpp
  async/event_loop.cpp
  async/loop_group.cpp
  async/loop_state.cpp
  async/operation.cpp
  async/operation_cancellation.cpp
  async/semaphore.cpp
  async/sync_wait.cpp
  dns/query.cpp
  dns/resolve_many.cpp
  dns/resolver.cpp
  http/fetch.cpp
  http/fetch_pool.cpp
  http/open_url.cpp
  http/resilience/retry_budget.cpp
  http/session.cpp
  http/session_close.cpp
  integration/ending.cpp
  integration/soak.cpp
  net/server_handlers.cpp)

# The second compiler: every kind of code once.
set(subset_clang
  async/dispatcher.cpp
  async/for_each.cpp
  async/handler.cpp
  async/operation.cpp
  codec/brotli.cpp
  codec/gzip.cpp
  codec/zstd.cpp
  core/error.cpp
  core/result.cpp
  dns/records/presentation.cpp
  dns/resolve.cpp
  dns/resolve_many.cpp
  dns/wildcards/check.cpp
  dns/wire/message.cpp
  h1/chunked.cpp
  h1/head_parser.cpp
  http/fetch.cpp
  http/fetch_combined.cpp
  http/session.cpp
  net/connect.cpp
  net/framing/framed_stream.cpp
  net/server.cpp
  net/stream.cpp
  tls/engine.cpp
  tls/verify.cpp
  url/parse.cpp
  url/web_platform.cpp)

# No optional library: what uses one, and what says that it is missing.
set(subset_minimal
  codec/brotli.cpp
  codec/codings.cpp
  codec/content_decoder.cpp
  codec/gzip.cpp
  codec/zstd.cpp
  core/features.cpp
  http/cookies/cookie_jar_domains.cpp
  http/fetch.cpp
  http/fetch_coding.cpp
  url/host.cpp
  url/idna.cpp
  url/parse.cpp
  url/registrable_domain.cpp
  url/web_platform.cpp)
