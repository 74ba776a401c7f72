// Errors, results, text and bytes: what every module stands on. Start with `condition` in error.hpp.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/bytes.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/platform.hpp>
#include <dragline/core/platform/files.hpp>
#include <dragline/core/platform/memory.hpp>
#include <dragline/core/platform/sockets.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
