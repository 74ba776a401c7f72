#include <dragline/http/insight/prometheus.hpp>
