#include <dragline/http/insight/metrics.hpp>
