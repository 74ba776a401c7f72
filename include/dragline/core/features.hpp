// Every macro of Dragline, and the constants that replace them in code. No other header defines one.
#pragma once

#define DRAGLINE_VERSION_MAJOR 0
#define DRAGLINE_VERSION_MINOR 1
#define DRAGLINE_VERSION_PATCH 0

// Header-only unless DRAGLINE_SEPARATE_COMPILATION is defined; then the bodies are compiled in the one file
// that includes <dragline/src.hpp>, which defines DRAGLINE_SOURCE.
#if defined(DRAGLINE_SEPARATE_COMPILATION)
#define DRAGLINE_DECL
#else
#define DRAGLINE_DECL inline
#endif
#if !defined(DRAGLINE_SEPARATE_COMPILATION) || defined(DRAGLINE_SOURCE)
#define DRAGLINE_HEADER_BODIES 1
#else
#define DRAGLINE_HEADER_BODIES 0
#endif

// Optional libraries: 0 or 1, set by the build for the whole program, never probed. Off unless asked for.
#if !defined(DRAGLINE_WITH_ZLIB)
#define DRAGLINE_WITH_ZLIB 0
#endif
#if !defined(DRAGLINE_WITH_BROTLI)
#define DRAGLINE_WITH_BROTLI 0
#endif
#if !defined(DRAGLINE_WITH_ZSTD)
#define DRAGLINE_WITH_ZSTD 0
#endif
#if !defined(DRAGLINE_WITH_IDN2)
#define DRAGLINE_WITH_IDN2 0
#endif
#if !defined(DRAGLINE_WITH_PSL)
#define DRAGLINE_WITH_PSL 0
#endif
#if !defined(DRAGLINE_WITH_NGHTTP2)
#define DRAGLINE_WITH_NGHTTP2 0
#endif

// What the compiler was told to look for.
#if defined(__SANITIZE_ADDRESS__)
#define DRAGLINE_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DRAGLINE_ADDRESS_SANITIZER 1
#endif
#endif
#if !defined(DRAGLINE_ADDRESS_SANITIZER)
#define DRAGLINE_ADDRESS_SANITIZER 0
#endif

/// What this build of Dragline was given. Code asks these constants, not the macros.
namespace dragline::inline v1::features {

inline constexpr bool zlib = DRAGLINE_WITH_ZLIB != 0;
inline constexpr bool brotli = DRAGLINE_WITH_BROTLI != 0;
inline constexpr bool zstd = DRAGLINE_WITH_ZSTD != 0;
inline constexpr bool idn2 = DRAGLINE_WITH_IDN2 != 0;
inline constexpr bool psl = DRAGLINE_WITH_PSL != 0;
inline constexpr bool nghttp2 = DRAGLINE_WITH_NGHTTP2 != 0;
inline constexpr bool address_sanitizer = DRAGLINE_ADDRESS_SANITIZER != 0;

}  // namespace dragline::inline v1::features
