# The test files that the extra builds run. `./dev test` runs all files in the dev preset.

# Header-only and single header: one of each module, to see that bodies and headers work without the library.
set(subset_plain
  core/error.cpp
  core/result.cpp)

# Data races: whatever more than one thread touches.
set(subset_tsan
  core/error.cpp)

# The second compiler: every kind of code once.
set(subset_clang
  core/ascii.cpp
  core/error.cpp
  core/result.cpp)

# Without optional libraries: what asks for one, and what must live without.
set(subset_minimal
  core/features.cpp)
