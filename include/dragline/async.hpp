// Coroutines, callbacks and blocking functions on event loops: operations for any token, loops, dispatch,
// deadlines, limits. Start with `run` in run.hpp; who writes operations starts with operation.hpp.
#pragma once

#include <dragline/async/blocking_pool.hpp>
#include <dragline/async/callback_failure.hpp>
#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/dispatcher.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/event_loop.hpp>
#include <dragline/async/for_each.hpp>
#include <dragline/async/handler.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/item_result.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/async/loop_group.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/async/run.hpp>
#include <dragline/async/semaphore.hpp>
#include <dragline/async/sync_wait.hpp>
#include <dragline/async/token_bucket.hpp>
#include <dragline/async/where.hpp>
